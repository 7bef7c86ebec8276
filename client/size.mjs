/**
 * Prints what an app ships of the published package: its import, bundled for a browser, minified by esbuild and
 * compressed by gzip -9. Ends with 1 when the client alone has grown beyond its limit.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { writeModules } from '../scripts/buildPackage.mjs';
import { readArguments } from '../scripts/commandLine.mjs';

readArguments('size', 'Print what an app ships for the client; ends with 1 above the limit.');

const MAX_BYTES = 12_288;

const CLIENT = "export { createChat } from './client.js';";
const OUTBOX = `${CLIENT} export { createBrowserOutbox } from './outbox/browser.js';`;

const IMPORTS = [
  ['edge-chat/client', CLIENT],
  ['with sends that outlive the page', OUTBOX],
  [
    'with that, the React hooks and guests',
    `${OUTBOX} export * from './react.js'; export * from './guests.js'`,
  ],
];

async function measure(directory, contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: path.join(directory, 'esm') },
    bundle: true,
    format: 'esm',
    minify: true,
    platform: 'browser',
    target: 'es2022',
    external: ['react'],
    write: false,
  });
  const bytes = Buffer.concat(outputFiles.map((file) => file.contents));
  return { minified: bytes.length, gzipped: gzipSync(bytes, { level: 9 }).length };
}

const directory = await mkdtemp(path.join(tmpdir(), 'edge-chat-size-'));
try {
  await writeModules(directory);
  for (const [at, [name, contents]] of IMPORTS.entries()) {
    const { minified, gzipped } = await measure(directory, contents);
    const limit = at === 0 ? ` (limit ${MAX_BYTES})` : '';
    console.log(`${name}: ${minified} bytes minified, ${gzipped} bytes gzipped${limit}`);
    if (at === 0 && gzipped > MAX_BYTES) process.exitCode = 1;
  }
} finally {
  await rm(directory, { recursive: true });
}
