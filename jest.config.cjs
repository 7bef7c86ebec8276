require('./scripts/requireNode.cjs');

// The AWS SDK would warn about Node 20 in every worker.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const shared = {
  roots: ['<rootDir>/tests'],
  testEnvironment: '<rootDir>/tests/support/environment.cjs',
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
  transformIgnorePatterns: ['/node_modules/(?!jose/)'],
  setupFilesAfterEnv: ['<rootDir>/tests/support/retryOnce.cjs'],
  // Looked up in Jest's context these are slow: what computes much takes about a tenth less.
  sandboxInjectedGlobals: [
    ...['Array', 'Boolean', 'Error', 'JSON', 'Map', 'Math', 'Number', 'Object', 'Promise', 'Reflect'],
    ...['RegExp', 'Set', 'String', 'Symbol', 'TypeError', 'Uint8Array'],
  ],
};

const under = (...folders) => folders.map((folder) => `<rootDir>/tests/${folder}/**/*.test.{ts,tsx}`);

const files = (...names) => names.map((name) => `<rootDir>/tests/${name}.test.ts`);

/** What needs minutes. tests/README.md says what each folder proves, and when to run it. */
const LONG = {
  browser: under('browser', 'package'),
  adversarial: [
    ...under('adversarial', 'chaos', 'simulation/long'),
    ...files('simulation/bugs', 'simulation/changes/bugs', 'simulation/reactions/bugs'),
    ...files(
      'simulation/bots/bugs',
      'simulation/events/bugs',
      'simulation/review/bugs',
      'simulation/push/bugs',
      'client/storm',
    ),
    ...files('stores/dynalite', 'stores/sdkDatabase', 'stores/fewContainers'),
    ...files('doctor/conformance', 'doctor/faults', 'local/startKilled'),
    ...files('cli/hostile', 'cli/help', 'cli/operator', 'cli/pipe'),
  ],
  packaged: under('packaged', 'template', 'deploy', 'examples'),
};

/** @type {import('jest').Config} */
module.exports = {
  maxWorkers: 2,
  testTimeout: 30_000,
  testSequencer: '<rootDir>/tests/support/sequencer.cjs',
  reporters: ['default', '<rootDir>/tests/support/summary.cjs'],
  projects: [
    {
      ...shared,
      displayName: 'core',
      testMatch: under('**'),
      testPathIgnorePatterns: Object.values(LONG)
        .flat()
        .map((glob) => glob.replace(/\*\*.*/, '')),
    },
    ...Object.entries(LONG).map(([displayName, testMatch]) => ({ ...shared, displayName, testMatch })),
  ],
};
