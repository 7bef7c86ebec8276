// Loaded into `sls` by the tests: packaging must need neither a network nor an account.
const { Socket } = require('node:net');

Socket.prototype.connect = () => {
  process.stderr.write('Packaging tried to reach the network.\n');
  process.exit(70);
};
