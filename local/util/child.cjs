/**
 * Loaded first in every process of the stack: it ends with its parent, whatever ends the parent, takes its
 * temporary directory along, and leaves Ctrl-C to the parent.
 */
const { rmSync } = require('node:fs');

function end() {
  const directory = process.env.EDGE_CHAT_DIRECTORY;
  if (directory) rmSync(directory, { recursive: true, force: true });
  process.exit(0);
}

process.on('disconnect', end);
process.on('SIGTERM', end);
process.on('SIGINT', () => {});
// Only to be told of the parent's end; it keeps nothing alive.
process.channel?.unref();
if (!process.connected) end();
