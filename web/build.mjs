import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const source = path.dirname(fileURLToPath(import.meta.url));
const FIRST_LOAD_LIMIT = 114 * 1024;
/** The files that the page names. What the entry shares with a late script is a file of its own. */
const SLOTS = { script: /app-.*\.js$/, common: /chunk-.*\.js$/, style: /\.css$/, icon: /\.svg$/ };
/** What the page loads when it needs it. */
const LATE = /(lateParts|markdown|provider)-.*\.js$|^push\.js$/;
/** What the service worker does not keep: sign-in needs the network anyway. */
const UNKEPT = /provider-.*\.js$/;
const TARGET = ['es2022', 'chrome110', 'firefox115', 'safari16.4'];

/**
 * Builds the page into a directory and returns each file's gzipped size. Throws if the first load is too large. Files
 * that the page loads when it needs them are no part of it.
 */
export async function buildPage(directory = path.join(source, '..', '.build', 'web')) {
  const bundle = await build({
    entryPoints: { app: path.join(source, 'main.tsx') },
    outdir: directory,
    entryNames: 'assets/[name]-[hash]',
    chunkNames: 'assets/[name]-[hash]',
    splitting: true,
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: TARGET,
    jsx: 'automatic',
    // A late script brings its styles and images itself: the page names one file of each.
    loader: { '.late.css': 'text', '.late.svg': 'dataurl' },
    legalComments: 'eof',
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'warning',
  });
  const files = new Map(
    bundle.outputFiles.map((file) => [
      toUrl(path.relative(directory, file.path)),
      Buffer.from(file.contents),
    ]),
  );
  const icon = await readFile(path.join(source, 'icon.svg'));
  files.set(`assets/icon-${createHash('sha256').update(icon).digest('hex').slice(0, 8)}.svg`, icon);
  files.set(
    'index.html',
    Buffer.from(await fillIn(await readFile(path.join(source, 'index.html'), 'utf8'), files)),
  );
  const kept = [...files.keys()].filter((name) => name.startsWith('assets/') && !UNKEPT.test(name));
  files.set('worker.js', await buildWorker('serviceWorker.ts', kept));
  files.set('push.js', await buildWorker('pushWorker.ts', kept));

  const sizes = [...files].map(([name, content]) => ({
    name,
    gzipped: gzipSync(content, { level: 9 }).length,
  }));
  const firstLoad = sizes.reduce((sum, { name, gzipped }) => sum + (LATE.test(name) ? 0 : gzipped), 0);
  if (firstLoad > FIRST_LOAD_LIMIT)
    throw new Error(`The page's first load is ${firstLoad} bytes gzipped; the limit is ${FIRST_LOAD_LIMIT}.`);

  await rm(directory, { recursive: true, force: true });
  await mkdir(path.join(directory, 'assets'), { recursive: true });
  for (const [name, content] of files) await writeFile(path.join(directory, name), content);
  return { directory, sizes, firstLoad };
}

/** Builds a service worker, which may ask for the names of the page's files. */
async function buildWorker(file, names) {
  const { outputFiles } = await build({
    entryPoints: [path.join(source, file)],
    bundle: true,
    minify: true,
    write: false,
    target: TARGET,
    define: { PAGE_FILES: JSON.stringify(names.map((name) => `/${name}`)) },
    logLevel: 'warning',
  });
  return Buffer.concat(outputFiles.map((file) => file.contents));
}

/**
 * Puts the hashed names into the page: `%script%`, `%style%`, `%icon%`, and `%common%` in a line for each file. A
 * deployment fills in `%settings%`.
 */
async function fillIn(html, files) {
  const common = [...files.keys()].filter((name) => SLOTS.common.test(name));
  const whole = html.replace(/^.*%common%.*\n/m, (line) =>
    common.map((name) => line.replace('%common%', `/${name}`)).join(''),
  );
  return whole.replace(/%(?!settings%)(\w+)%/g, (_, slot) => {
    const name = [...files.keys()].find((each) => SLOTS[slot]?.test(each));
    if (!name) throw new Error(`web/index.html asks for %${slot}%, which the build did not make.`);
    return `/${name}`;
  });
}

function toUrl(name) {
  return name.split(path.sep).join('/');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { readArguments } = await import('../scripts/commandLine.mjs');
  const [target] = readArguments('build:web', 'Build the page.', { '[directory]': 'where to' });
  const { directory, sizes, firstLoad } = await buildPage(target);
  const kilobytes = (bytes) => `${(bytes / 1024).toFixed(1)} KB`.padStart(9);
  for (const { name, gzipped } of sizes) console.log(`${kilobytes(gzipped)}  ${name}`);
  console.log(`${kilobytes(firstLoad)}  first load, gzipped, in ${path.relative(process.cwd(), directory)}`);
}
