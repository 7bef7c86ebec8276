import { bundleWorker } from '../bundle';
import { runWorkers } from '../processes';

/** Each must have happened, or the run shows nothing. */
const HAPPENS = [
  'invocationCrashes',
  'invocationFreezes',
  'invocationTwice',
  'databaseReplyLost',
  'compared while whole',
  'edit',
  'delete',
  "edit of another's message",
  "delete of another's message",
  'edit of what is not acknowledged',
  'contest',
  'reaction: settled',
  'send ended with forbidden',
  'send ended with gone',
  'older page',
  'log exported',
  'absence',
  'gap told',
  'page crashed',
  'kicked',
  'erased',
  'row expired',
];

/** Runs seeds until the operations are made, and expects that all converges and nothing taken back is served. */
export async function expectConvergence(firstSeed: number, operations: number): Promise<void> {
  const totals = await runWorkers(await bundleWorker(), {
    seed: firstSeed,
    seeds: Number.MAX_SAFE_INTEGER,
    sends: operations,
    jobs: 2,
    kind: 'changes',
  });

  console.log(
    `${totals.seeds} seeds: ${totals.sends} operations, ${totals.acknowledged} acknowledged, ${totals.shown} shown`,
  );
  expect(totals.broken).toEqual([]);
  expect(totals.sends).toBeGreaterThanOrEqual(operations * 0.99);
  expect(HAPPENS.filter((what) => !totals.counts[what])).toEqual([]);
}
