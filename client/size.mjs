/** Prints how large the client is in a browser, minified and compressed. */
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const MOST_BYTES = 12 * 1024;

const { outputFiles } = await build({
  entryPoints: [new URL('./index.ts', import.meta.url).pathname],
  bundle: true,
  format: 'esm',
  minify: true,
  platform: 'browser',
  target: 'es2022',
  write: false,
});
const bytes = outputFiles[0].contents;
const gzipped = gzipSync(bytes, { level: 9 }).length;
console.log(`client: ${bytes.length} bytes minified, ${gzipped} bytes gzipped (limit ${MOST_BYTES})`);
if (gzipped > MOST_BYTES) process.exitCode = 1;
