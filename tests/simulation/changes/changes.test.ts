import { bundleWorker } from '../bundle';
import { runWorkers } from '../processes';

const OPERATIONS = 8_000;

/** Each must have happened, or the run shows nothing. */
const HAPPENS = [
  'invocationCrashes',
  'invocationFreezes',
  'invocationTwice',
  'databaseReplyLost',
  'gave up',
  'refused forbidden',
  'refused gone',
  'kicked',
  'erased',
  'rows expired',
];

it('edits and deletions converge, and nothing taken back is served', async () => {
  const totals = await runWorkers(await bundleWorker([], { script: 'tests/simulation/changes/worker.ts' }), {
    seed: 3_000_000,
    seeds: Number.MAX_SAFE_INTEGER,
    sends: OPERATIONS,
    jobs: 2,
  });

  console.log(
    `${totals.seeds} seeds: ${totals.sends} operations, ${totals.acknowledged} acknowledged, ${totals.shown} shown`,
  );
  expect(totals.broken).toEqual([]);
  expect(totals.sends).toBeGreaterThanOrEqual(OPERATIONS * 0.99);
  expect(HAPPENS.filter((what) => !totals.counts[what])).toEqual([]);
}, 300_000);
