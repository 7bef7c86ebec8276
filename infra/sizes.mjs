// Prints how large each function's bundle is, made as for a deployment. Every KB is read on each cold start.
import { readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { readArguments } from '../scripts/commandLine.mjs';
import esbuild from './esbuild.js';
import { accepted } from './parameters/accepted.js';

const [awsClients = 'own'] = readArguments('sizes', 'Print how large the bundle of each function is.', {
  '[clients]': 'the AWS clients in the bundles: own or sdk',
});
if (!accepted.awsClients.test.test(awsClients)) {
  console.error(`The AWS clients are ${accepted.awsClients.takes}.`);
  process.exit(2);
}

// The rest is for esbuild, these two for the plugin.
const { exclude, outputWorkFolder, ...options } = esbuild.bundling(awsClients);

const handlers = readdirSync(new URL('../handlers/', import.meta.url)).filter((file) => file.endsWith('.ts'));

const kilobytes = (bytes) => (bytes / 1024).toFixed(1).padStart(9);

console.log(`${'function'.padEnd(18)}${'raw KB'.padStart(9)}${'gzip KB'.padStart(9)}`);

for (const file of handlers) {
  const entry = new URL(`../handlers/${file}`, import.meta.url).pathname;
  const { outputFiles } = await build({ ...options, external: exclude, entryPoints: [entry], write: false });
  for (const { contents } of outputFiles)
    console.log(
      `${file.replace('.ts', '').padEnd(18)}${kilobytes(contents.length)}${kilobytes(gzipSync(contents).length)}`,
    );
}
