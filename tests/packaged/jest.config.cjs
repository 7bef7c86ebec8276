const project = require('../../jest.config.cjs');

/** The tests of the template, and everything a deployment does, as far as it can be done here. */
module.exports = {
  ...project,
  rootDir: '../..',
  testPathIgnorePatterns: ['/node_modules/'],
  testMatch: ['**/tests/template/*.test.ts', '**/tests/deploy/*.test.ts', '**/*.rehearsal.ts'],
  // Each of these runs several processes of its own.
  maxWorkers: 1,
  reporters: ['default', '<rootDir>/tests/packaged/summary.cjs'],
};
