const { cp } = require('node:fs/promises');
const path = require('node:path');
const { build } = require('esbuild');

const cli = path.join(__dirname, '..', 'cli');

/** Writes `edge-chat.cjs`, one file that needs no other package, and beside it the page that it serves. */
exports.bundleCommand = async (/** @type {string} */ directory) => {
  await cp(path.join(cli, 'console', 'page'), path.join(directory, 'page'), { recursive: true });
  await build({
    entryPoints: [path.join(cli, 'edgeChat.ts')],
    outfile: path.join(directory, 'edge-chat.cjs'),
    bundle: true,
    minify: true,
    format: 'cjs',
    platform: 'node',
    target: ['es2022', 'node20'],
    banner: { js: '#!/usr/bin/env node' },
    // The package `ws` tries these two and works without them.
    external: ['bufferutil', 'utf-8-validate'],
    legalComments: 'none',
  });
};
