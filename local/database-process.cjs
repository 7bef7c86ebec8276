/** The database in a process of its own: what it throws on a broken connection must not end the stack. */
const dynalite = require('dynalite');

const { path } = JSON.parse(process.argv[2] ?? '{}');
const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0, ...(path && { path }) });

const broken = new Set(['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE']);
process.on('uncaughtException', (error) => {
  if (broken.has(error.code)) return;
  console.error(
    error.cause?.code === 'LEVEL_LOCKED' ? 'The data directory is in use by another process.' : error,
  );
  process.exit(1);
});

server.listen(0, '127.0.0.1', () => process.send(server.address().port));
