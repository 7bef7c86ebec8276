/**
 * Prints what an app ships of the published package: the client, and what each feature adds to it. Each is bundled for a
 * browser, minified by terser or by esbuild, and compressed by gzip -9. Ends with 1 when the client, minified by terser,
 * has grown beyond its limit.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, transform } from 'esbuild';
import { minify } from 'terser';
import { ENTRIES, writeModules } from '../scripts/buildPackage.mjs';
import { readArguments } from '../scripts/commandLine.mjs';

readArguments('size', 'Print what an app ships for the client; ends with 1 above the limit.');

const MAX_BYTES = 10_240;

const CLIENT = "export { createChat } from './client.js';";

/** What is no feature in a browser: an app's own storage, Node's files, and what the client has anyway. */
const LEFT_OUT = ['client', 'outbox', 'outbox/file', 'protocol'];
const FEATURES = Object.keys(ENTRIES).filter((name) => !LEFT_OUT.includes(name));

async function measure(directory, contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: path.join(directory, 'esm') },
    bundle: true,
    format: 'esm',
    minifySyntax: true,
    platform: 'browser',
    target: 'es2022',
    external: ['react'],
    write: false,
  });
  const text = outputFiles.map((file) => file.text).join('');
  const byTerser = await minify(text, { module: true, ecma: 2020 });
  const byEsbuild = await transform(text, { format: 'esm', minify: true, target: 'es2022' });
  return { terser: gzipped(byTerser.code ?? ''), esbuild: gzipped(byEsbuild.code) };
}

function gzipped(text) {
  return gzipSync(text, { level: 9 }).length;
}

function describe({ terser, esbuild }) {
  return `${terser} bytes by terser, ${esbuild} bytes by esbuild`;
}

const directory = await mkdtemp(path.join(tmpdir(), 'edge-chat-size-'));
try {
  await writeModules(directory);
  const client = await measure(directory, CLIENT);
  console.log(`edge-chat/client: ${describe(client)} (limit ${MAX_BYTES})`);
  if (client.terser > MAX_BYTES) process.exitCode = 1;
  for (const name of FEATURES) {
    const both = await measure(directory, `${CLIENT} export * from './${name}.js';`);
    const added = { terser: both.terser - client.terser, esbuild: both.esbuild - client.esbuild };
    console.log(`edge-chat/${name}: ${describe(added)} more`);
  }
} finally {
  await rm(directory, { recursive: true });
}
