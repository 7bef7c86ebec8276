const path = require('node:path');
const {
  projects: [core],
} = require('../../jest.config.cjs');

const [[pattern, [, swc]]] = Object.entries(core.transform);

/** The core tests, with a mistake in the source. @type {import('jest').Config} */
module.exports = {
  ...core,
  rootDir: path.resolve(__dirname, '../..'),
  displayName: 'mutants',
  testTimeout: 30_000,
  transform: { [pattern]: ['<rootDir>/tests/mutants/plantingTransform.cjs', swc] },
  // What reads documents or folders, and what needs a minute for one property.
  testPathIgnorePatterns: [
    ...core.testPathIgnorePatterns,
    '/tests/unit/(docs|imports|layers|nodeVersion|protocolDocument|load)\\.test',
    '/tests/client/storm\\.test',
  ],
};
