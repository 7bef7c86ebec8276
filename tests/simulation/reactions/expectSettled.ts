import { bundleWorker } from '../bundle';
import { runWorkers } from '../processes';

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

/** Runs seeds until the reactions are given, and expects them to converge and each settled one to be shown. */
export async function expectSettled(firstSeed: number, toggles: number): Promise<void> {
  const totals = await runWorkers(
    await bundleWorker([], { script: 'tests/simulation/reactions/worker.ts' }),
    { seed: firstSeed, seeds: Number.MAX_SAFE_INTEGER, sends: toggles, jobs: 2 },
  );

  console.log(
    `${totals.seeds} seeds: ${totals.sends} toggles, ${totals.acknowledged} settled, ${totals.shown} entries shown`,
  );
  expect(totals.broken).toEqual([]);
  expect(totals.sends).toBeGreaterThanOrEqual(toggles * 0.99);
  expect(HAPPENS.filter((what) => !totals.counts[what])).toEqual([]);
}
