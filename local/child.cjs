/**
 * Loaded first in every process the local stack starts: it ends with its parent, whatever ends the parent, and
 * leaves Ctrl-C to it.
 */
const { rmSync } = require('node:fs');

const { directory } = JSON.parse(process.env.EDGE_CHAT_LOCAL ?? '{}');

function end() {
  if (directory) rmSync(directory, { recursive: true, force: true });
  process.exit(0);
}

process.on('disconnect', end);
process.on('SIGINT', () => {});
process.on('SIGTERM', end);
// Only to be told of the parent's end; it keeps nothing alive.
process.channel?.unref();
if (!process.connected) end();
