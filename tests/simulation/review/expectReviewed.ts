import { bundleWorker } from '../bundle';
import { runWorkers } from '../processes';

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

/** Runs seeds until the sends are made, and expects that nothing unreviewed is shown, and nothing is lost. */
export async function expectReviewed(firstSeed: number, sends: number): Promise<void> {
  const totals = await runWorkers(await bundleWorker([], { script: 'tests/simulation/review/worker.ts' }), {
    seed: firstSeed,
    seeds: Number.MAX_SAFE_INTEGER,
    sends,
    jobs: 2,
  });

  console.log(
    `${totals.seeds} seeds: ${totals.sends} sends, ${totals.acknowledged} acknowledged, ` +
      `${totals.counts.deny} verdicts to deny, ${totals.counts['mind changed']} changes of mind, ` +
      `${totals.brokenSeeds} violations`,
  );
  expect(totals.broken).toEqual([]);
  expect(HAPPENS.filter((what) => !totals.counts[what])).toEqual([]);
}
