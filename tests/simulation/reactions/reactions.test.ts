import { bundleWorker } from '../bundle';
import { runWorkers } from '../processes';

const TOGGLES = 8_000;

/** Each must have happened, or the run shows nothing. */
const HAPPENS = [
  'invocationCrashes',
  'invocationFreezes',
  'invocationTwice',
  'databaseReplyLost',
  'gave up',
  'repeated',
  'erased',
  'burst',
  'sparse',
];

it('reactions converge, and a settled one is shown', async () => {
  const totals = await runWorkers(
    await bundleWorker([], { script: 'tests/simulation/reactions/worker.ts' }),
    { seed: 5_000_000, seeds: Number.MAX_SAFE_INTEGER, sends: TOGGLES, jobs: 2 },
  );

  console.log(
    `${totals.seeds} seeds: ${totals.sends} toggles, ${totals.acknowledged} settled, ${totals.shown} entries shown`,
  );
  expect(totals.broken).toEqual([]);
  expect(totals.sends).toBeGreaterThanOrEqual(TOGGLES * 0.99);
  expect(HAPPENS.filter((what) => !totals.counts[what])).toEqual([]);
}, 300_000);
