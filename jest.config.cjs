require('./scripts/requireNode.cjs');

// The AWS SDK would warn about Node 20 in every worker.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

/** @type {import('jest').Config} */
module.exports = {
  roots: ['<rootDir>/tests'],
  testEnvironment: 'node',
  testMatch: ['**/*.test.ts', '**/*.test.tsx'],
  transform: {
    // jose ships ES modules only.
    '(\\.tsx?|/node_modules/jose/.+\\.js)$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', tsx: true },
          transform: { react: { runtime: 'automatic' } },
        },
        module: { type: 'commonjs' },
      },
    ],
  },
  // `npm run rehearse` runs these: they package the stack several times over.
  testPathIgnorePatterns: ['/node_modules/', '/tests/template/', '/tests/deploy/', '/tests/examples/'],
  setupFilesAfterEnv: ['<rootDir>/tests/retry.cjs'],
  testTimeout: 30_000,
  transformIgnorePatterns: ['/node_modules/(?!jose/)'],
  // Looked up in Jest's context these are slow: what computes much takes about a tenth less.
  sandboxInjectedGlobals: [
    ...[
      'Array',
      'Boolean',
      'Error',
      'JSON',
      'Map',
      'Math',
      'Number',
      'Object',
      'Promise',
      'Reflect',
      'RegExp',
    ],
    ...['Set', 'String', 'Symbol', 'TypeError', 'Uint8Array'],
  ],
  maxWorkers: 2,
  testSequencer: '<rootDir>/tests/sequencer.cjs',
  reporters: ['default', '<rootDir>/tests/retried.cjs'],
};
