/**
 * Prints what an app ships for the client: the import it makes, bundled for a browser, minified by esbuild and
 * compressed by gzip -9. Ends with 1 when the client alone has grown beyond its limit.
 */
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const MOST_BYTES = 9_500;

const IMPORTS = [
  ['edge-chat/client', "export { createChat } from './index'"],
  [
    'with sends that outlive the page',
    "export { createChat } from './index'; export { createBrowserOutbox } from './outbox/browser'",
  ],
  [
    'with that, the React hooks and guests',
    "export { createChat } from './index'; export * from './outbox/browser'; export * from './react'; export * from './guests'",
  ],
];

async function measure(contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true,
    format: 'esm',
    minify: true,
    platform: 'browser',
    target: 'es2022',
    external: ['react'],
    write: false,
  });
  const bytes = outputFiles[0].contents;
  return { minified: bytes.length, gzipped: gzipSync(bytes, { level: 9 }).length };
}

for (const [at, [name, contents]] of IMPORTS.entries()) {
  const { minified, gzipped } = await measure(contents);
  const limit = at === 0 ? ` (limit ${MOST_BYTES})` : '';
  console.log(`${name}: ${minified} bytes minified, ${gzipped} bytes gzipped${limit}`);
  if (at === 0 && gzipped > MOST_BYTES) process.exitCode = 1;
}
