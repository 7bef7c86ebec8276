/** `npm start`. Plain JavaScript of the oldest kind, so that an old Node or a missing install is told in a line. */
require('../scripts/requireNode.cjs');

function refuse(line) {
  console.error(line);
  process.exit(1);
}

try {
  require('tsx/cjs');
} catch (_error) {
  refuse('The dependencies are not installed: run `npm ci`.');
}
require('./start.ts');
