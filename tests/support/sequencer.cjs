const { default: TestSequencer } = require('@jest/test-sequencer');

/** The files that take longest, roughly in that order. */
const LONGEST = [
  ...['local/start', 'simulation/simulation', 'stores/prices', 'local/stack'],
  ...['simulation/changes/changes', 'simulation/review/review', 'simulation/bots/bots'],
  ...['stores/unitQuota', 'doctor/command', 'local/files', 'stores/dynoxide', 'cli/files'],
  ...['local/backEnd', 'cli/terminalChat', 'simulation/rights', 'simulation/reactions/reactions'],
  ...['awsHttp/outcomes', 'stores/erasure'],
].map((name) => `/tests/${name}.test.ts`);

/**
 * Starts the longest files first, so that no worker is left alone with one at the end. Jest does so by itself once it
 * has seen their times; before that it would go by their sizes.
 */
module.exports = class extends TestSequencer {
  sort(tests) {
    const ordered = super.sort(tests);
    if (tests.some(({ duration }) => duration !== undefined)) return ordered;
    const first = LONGEST.flatMap((name) => ordered.filter(({ path }) => path.endsWith(name)));
    return [...new Set([...first, ...ordered])];
  }
};
