import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build, transform } from 'esbuild';
import { bundleCommand } from './bundleCommand.cjs';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');

/** The entry points `edge-chat/<name>` and their sources. */
export const ENTRIES = {
  client: 'client/index',
  react: 'client/hooks',
  editing: 'client/editing',
  history: 'client/history',
  presence: 'client/presence',
  finding: 'client/finding',
  reactions: 'client/reactions',
  moderation: 'client/moderation',
  reports: 'client/reports',
  bot: 'client/bot',
  rooms: 'client/rooms',
  requests: 'client/requests',
  signals: 'client/signals',
  files: 'client/files',
  drafts: 'client/drafts',
  guests: 'client/guests',
  outbox: 'client/outbox/memory',
  'outbox/browser': 'client/outbox/browser',
  'outbox/file': 'client/outbox/file',
  protocol: 'lib/protocol/index',
};
const TEXTS = ['README.md', 'PROTOCOL.md', 'CHANGELOG.md', 'LICENSE'];
const TARGET = ['es2022', 'node20'];

/**
 * Each in the folder of its name.
 * @type {('esm' | 'cjs')[]}
 */
const FORMATS = ['esm', 'cjs'];

/** Builds what `npm publish` takes: ES modules, CommonJS, types for both, and the command. */
export async function buildPackage(directory = path.join(root, '.build', 'package')) {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  await Promise.all([
    writeModules(directory),
    writeTypes(directory),
    bundleCommand(path.join(directory, 'bin')),
  ]);
  for (const [folder, type] of Object.entries({ esm: 'module', cjs: 'commonjs' }))
    await writeFile(path.join(directory, folder, 'package.json'), `{ "type": "${type}" }\n`);
  for (const text of TEXTS) await cp(path.join(root, text), path.join(directory, text));
  await writeFile(
    path.join(directory, 'package.json'),
    `${JSON.stringify(await manifest(), undefined, 2)}\n`,
  );
  return directory;
}

/**
 * Writes every entry as an ES module and as CommonJS. Code that two entries share is one module, so that its classes
 * are the same ones. A map beside each file leads to the source.
 */
export async function writeModules(directory) {
  // Nothing is written there: the maps name their sources from it, wherever the package is built.
  const outdir = path.join(root, 'esm');
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: Object.entries(ENTRIES).map(([out, from]) => ({ in: `./${from}.ts`, out })),
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'neutral',
    target: TARGET,
    external: ['node:*', 'react'],
    chunkNames: 'shared/[hash]',
    minifySyntax: true,
    sourcemap: 'inline',
    write: false,
  });
  for (const { path: file, text } of outputFiles)
    for (const format of FORMATS) {
      const { code, map } = await transform(text, { format, target: TARGET, sourcemap: 'external' });
      const to = path.join(directory, format, path.relative(outdir, file));
      await write(to, `${code}//# sourceMappingURL=${path.basename(to)}.map\n`);
      await write(`${to}.map`, map);
    }
}

async function writeTypes(directory) {
  // Inside the project, so that the compiler finds its packages.
  await mkdir(path.join(root, '.build'), { recursive: true });
  const work = await mkdtemp(path.join(root, '.build', 'types-'));
  try {
    const compilerOptions = {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      types: ['node'],
      rootDir: root,
      outDir: path.join(work, 'out'),
    };
    const files = Object.values(ENTRIES).map((entry) => path.join(root, `${entry}.ts`));
    const config = { extends: path.join(root, 'tsconfig.json'), compilerOptions, include: [], files };
    await writeFile(path.join(work, 'tsconfig.json'), JSON.stringify(config));
    await compile(work);
    for (const name of await readdir(path.join(work, 'out'), { recursive: true })) {
      if (!name.endsWith('.d.ts')) continue;
      const text = withExtensions(await readFile(path.join(work, 'out', name), 'utf8'));
      for (const folder of FORMATS) await write(path.join(directory, folder, 'types', name), text);
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function compile(project) {
  const compiler = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  await promisify(execFile)(process.execPath, [compiler, '-p', project]).catch(({ stdout, stderr }) => {
    throw new Error(`The types do not compile:\n${stdout}${stderr}`);
  });
}

/** Node's resolution, which the types of its users may follow, adds no extension by itself. */
function withExtensions(text) {
  return text
    .replace(/(\b(?:from|import)\s*\(?\s*)(['"])(\.{1,2}\/[^'"]+)\2/g, '$1$2$3.js$2')
    .replace(/lib\/protocol\.js/g, 'lib/protocol/index.js');
}

async function manifest() {
  const { name, version, description, license, engines } = JSON.parse(
    await readFile(path.join(root, 'package.json'), 'utf8'),
  );
  const entry = (folder, as, from) => ({
    types: `./${folder}/types/${from}.d.ts`,
    default: `./${folder}/${as}.js`,
  });
  const exported = Object.entries(ENTRIES).map(([as, from]) => [
    `./${as}`,
    { import: entry('esm', as, from), require: entry('cjs', as, from) },
  ]);
  return {
    name,
    version,
    description,
    license,
    engines,
    sideEffects: false,
    bin: { 'edge-chat': 'bin/edge-chat.cjs' },
    exports: { ...Object.fromEntries(exported), './package.json': './package.json' },
    files: ['esm', 'cjs', 'bin', ...TEXTS],
    peerDependencies: { react: '>=18' },
    // The client alone needs no React.
    peerDependenciesMeta: { react: { optional: true } },
  };
}

async function write(file, text) {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { readArguments } = await import('./commandLine.mjs');
  const [target] = readArguments('build:package', 'Build what npm publishes.', { '[directory]': 'where to' });
  const directory = await buildPackage(target);
  console.log(
    `Built ${path.relative(process.cwd(), directory)}: publish it with \`npm publish ${path.relative(process.cwd(), directory)}\`.`,
  );
}
