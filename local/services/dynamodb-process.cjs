/** The database in a process of its own: what it throws on a broken connection must not end the stack. */
const dynalite = require('dynalite');
const { Level } = require(require.resolve('level', { paths: [require.resolve('dynalite')] }));

const { path } = JSON.parse(process.argv[2] ?? '{}');

/** What a client's broken connection looks like from here. */
const broken = ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'];

process.on('uncaughtException', (error) => {
  if (!('code' in error && broken.includes(String(error.code)))) fail(error);
});

/** Ends the process with a line that says what is wrong with the files. */
function fail(error) {
  const { code, message } = error.cause ?? error;
  // leveldb's message: `IO error: <file>: <what the system says>`
  const reason = message.split(': ').at(-1);
  switch (code) {
    case 'LEVEL_LOCKED':
      console.error(`The data in ${path} is in use by another edge-chat.`);
      break;
    case 'LEVEL_CORRUPTION':
      console.error(`The data in ${path} is damaged: ${reason}.`);
      break;
    case 'LEVEL_IO_ERROR':
      console.error(`The data in ${path} cannot be read or written: ${reason}.`);
      break;
    default:
      console.error(error);
  }
  process.exit(1);
}

/** dynalite opens its files at the first call and hides why they do not open. */
async function checkFiles() {
  if (!path) return;
  const files = new Level(path);
  await files.open();
  await files.close();
}

function serve() {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0, ...(path && { path }) });
  server.listen(0, '127.0.0.1', () => process.send?.(server.address().port));
}

checkFiles().then(serve).catch(fail);
