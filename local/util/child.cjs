/**
 * Loaded first in every process of the stack. The process ends with its parent, removes its temporary directory, and
 * leaves Ctrl-C to the parent.
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
