import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { build, type Plugin } from 'esbuild';

/** A change to the text of one source file. `find` must stand there exactly once. */
export interface Patch {
  file: string;
  find: string;
  replace: string;
}

/**
 * Bundles the simulation, or another script, with patches applied to the sources on the way; gives the bundle's path. A patch that
 * `isOptional` may be of a file that the simulation does not hold.
 */
export async function bundleWorker(
  patches: readonly Patch[] = [],
  { isOptional = false, script = 'tests/simulation/worker.ts' } = {},
): Promise<string> {
  const outfile = join(mkdtempSync(join(tmpdir(), 'edge-chat-simulation-')), 'worker.cjs');
  await build({
    entryPoints: [script],
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    outfile,
    logLevel: 'error',
    plugins: [patching(patches, isOptional)],
  });
  return outfile;
}

function patching(patches: readonly Patch[], isOptional: boolean): Plugin {
  return {
    name: 'patching',
    setup(builder) {
      const left = new Set(patches);
      builder.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const name = relative(process.cwd(), path);
        const wanted = patches.filter(({ file }) => file === name);
        if (wanted.length === 0) return undefined;
        let contents = readFileSync(path, 'utf8');
        for (const patch of wanted) {
          left.delete(patch);
          contents = applied(contents, patch);
        }
        return { contents, loader: 'ts' };
      });
      builder.onEnd(() => {
        const [missed] = left;
        if (missed && !isOptional) throw new Error(`${missed.file} is no part of what was bundled.`);
      });
    },
  };
}

function applied(contents: string, { file, find, replace }: Patch): string {
  const parts = contents.split(find);
  if (parts.length !== 2)
    throw new Error(`${file} has ${parts.length - 1} places that read "${find}"; the patch needs one.`);
  return parts.join(replace);
}
