import { bundleWorker } from '../bundle';
import { runWorkers } from '../processes';

const SENDS = 4_000;

/** Each must have happened, or the run shows nothing. */
const HAPPENS = [
  'review slow',
  'review throttled',
  'review throws',
  'review garbage',
  'mind changed',
  'deny',
  'replace',
  'invocationCrashes',
  'invocationFreezes',
  'invocationTwice',
  'databaseReplyLost',
  'socketReset',
];

it('shows nothing unreviewed and loses nothing, past a reviewer with every fault', async () => {
  const totals = await runWorkers(await bundleWorker([], { script: 'tests/simulation/review/worker.ts' }), {
    seed: 8_000_000,
    seeds: Number.MAX_SAFE_INTEGER,
    sends: SENDS,
    jobs: 2,
  });

  console.log(
    `${totals.seeds} seeds: ${totals.sends} sends, ${totals.acknowledged} acknowledged, ` +
      `${totals.counts.deny} verdicts to deny, ${totals.counts['mind changed']} changes of mind, ` +
      `${totals.brokenSeeds} violations`,
  );
  expect(totals.broken).toEqual([]);
  expect(HAPPENS.filter((what) => !totals.counts[what])).toEqual([]);
}, 300_000);
