const { default: Sequencer } = require('@jest/test-sequencer');

/** The suites that take longest, the first of them first. What is started last must be short, or one core waits. */
const LONGEST = [
  'adversarial/flooded',
  'client/storm',
  'chaos/torture',
  'simulation/simulation',
  'simulation/bugs',
  'browser/connection',
  'browser/chat',
  'browser/list',
  'cli/operator',
  'doctor/faults',
  'cli/pipe',
  'browser/stats',
  'browser/injection',
  'adversarial/stack',
  'local/start',
  'browser/access',
  'stores/sdkDatabase',
  'stores/dynalite',
  'package/example',
];

/** Tells where a suite stands among the longest; behind them all, unless it is one. */
function rank({ path }) {
  const place = LONGEST.findIndex((name) => path.endsWith(`tests/${name}.test.ts`));
  return place < 0 ? LONGEST.length : place;
}

/** The longest first, also where there is no earlier run to know them by; the others as Jest would have them. */
module.exports = class extends Sequencer {
  async sort(tests) {
    return (await super.sort(tests)).sort((a, b) => rank(a) - rank(b));
  }
};
