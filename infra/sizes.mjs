// Prints how large each function's bundle is, made as for a deployment. Every KB is read on each cold start.
import { readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import bundling from './esbuild.js';

// The rest is for esbuild, these two for the plugin.
const { exclude, outputWorkFolder, ...options } = bundling();

const handlers = readdirSync(new URL('../handlers/', import.meta.url)).filter((file) => file.endsWith('.ts'));

const kilobytes = (bytes) => (bytes / 1024).toFixed(1).padStart(9);

console.log(`${'function'.padEnd(18)}${'raw KB'.padStart(9)}${'gzip KB'.padStart(9)}`);

for (const file of handlers) {
  const entry = new URL(`../handlers/${file}`, import.meta.url).pathname;
  const { outputFiles } = await build({ ...options, external: exclude, entryPoints: [entry], write: false });
  const code = outputFiles[0].contents;
  console.log(
    `${file.replace('.ts', '').padEnd(18)}${kilobytes(code.length)}${kilobytes(gzipSync(code).length)}`,
  );
}
