import { bundleWorker } from '../bundle';
import { runWorkers } from '../processes';

const OPERATIONS = 7_000;

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

it('edits, deletions and reactions converge, and nothing taken back is served', async () => {
  const totals = await runWorkers(await bundleWorker(), {
    seed: 6_000_001,
    seeds: Number.MAX_SAFE_INTEGER,
    sends: OPERATIONS,
    jobs: 2,
    kind: 'changes',
  });

  console.log(
    `${totals.seeds} seeds: ${totals.sends} operations, ${totals.acknowledged} acknowledged, ${totals.shown} shown`,
  );
  expect(totals.broken).toEqual([]);
  expect(totals.sends).toBeGreaterThanOrEqual(OPERATIONS * 0.99);
  expect(HAPPENS.filter((what) => !totals.counts[what])).toEqual([]);
}, 300_000);
