// Prints the packages whose code ships in each bundle, with their licences. Exits with 1 if one is not accepted.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import esbuild from '../infra/esbuild.js';
import { readArguments } from './commandLine.mjs';

readArguments('licences', 'Print which packages ship in which bundle, and under which licence.');

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');

/** Licences that require only their notice. */
const ACCEPTED = new Set(['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD']);

// The rest is for esbuild, these two for the framework's plugin.
const { exclude, outputWorkFolder, ...functions } = esbuild.bundling('own');
const handlers = readdirSync(path.join(root, 'handlers'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => `handlers/${file}`);

/** @type {Record<string, import('esbuild').BuildOptions>} */
const BUNDLES = {
  functions: { ...functions, entryPoints: handlers },
  page: {
    entryPoints: ['web/main.tsx'],
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    loader: { '.svg': 'dataurl' },
  },
  client: { entryPoints: ['client/index.ts', 'client/guests.ts', 'client/hooks.ts'], external: ['react'] },
  command: { entryPoints: ['cli/edgeChat.ts'], platform: 'node', format: 'esm' },
};

/**
 * The folders of the packages whose code is in a bundle.
 * @param {import('esbuild').BuildOptions} options
 */
async function packagesIn(options) {
  const { metafile } = await build({
    ...options,
    absWorkingDir: root,
    bundle: true,
    outdir: 'none',
    write: false,
    metafile: true,
    logLevel: 'error',
  });
  const used = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([file]) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0]),
  );
  return new Set(used.filter((folder) => folder !== undefined));
}

const shipped = new Map();
for (const [bundle, options] of Object.entries(BUNDLES))
  for (const folder of await packagesIn(options))
    shipped.set(folder, [...(shipped.get(folder) ?? []), bundle]);

const rows = [...shipped].sort().map(([folder, bundles]) => {
  const { name, version, license } = JSON.parse(
    readFileSync(path.join(root, folder, 'package.json'), 'utf8'),
  );
  return { package: `${name}@${version}`, licence: license ?? 'none named', bundles: bundles.join(', ') };
});
const width = Math.max(...rows.map((row) => row.package.length)) + 2;
for (const row of rows) console.log(`${row.package.padEnd(width)}${row.licence.padEnd(14)}${row.bundles}`);

const refused = rows.filter(({ licence }) => !ACCEPTED.has(licence));
for (const row of refused)
  console.error(`${row.package} is under ${row.licence}, which this project does not accept.`);
if (refused.length > 0) process.exitCode = 1;
