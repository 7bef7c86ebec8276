/** `npm start`. Plain JavaScript of the oldest kind, so that an old Node or a missing install is told in a line. */
var major = Number(process.versions.node.split('.')[0]);

function refuse(line) {
  console.error(line);
  process.exit(1);
}

if (major < 20) refuse(`edge-chat needs Node 20 or newer; this is ${process.version}.`);

try {
  require('tsx/cjs');
} catch (_error) {
  refuse('The dependencies are not installed: run `npm ci`.');
}
require('./start.ts');
