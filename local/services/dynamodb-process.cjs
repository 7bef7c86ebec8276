/** The database in a process of its own: what it throws on a broken connection must not end the stack. */
const dynalite = require('dynalite');

const { path } = JSON.parse(process.argv[2] ?? '{}');
const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0, ...(path && { path }) });

/** What a client's broken connection looks like from here. */
const broken = ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'];

process.on('uncaughtException', (error) => {
  if (broken.includes(error.code)) return;
  // It does not say why its files did not open; almost always another process has them.
  const locked = error.message === 'Database is closed';
  console.error(locked ? `The data in ${path} is in use by another edge-chat, or damaged.` : error);
  process.exit(1);
});

server.listen(0, '127.0.0.1', () => process.send(server.address().port));
