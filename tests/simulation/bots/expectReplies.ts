import { bundleWorker } from '../bundle';
import { runWorkers } from '../processes';

/** Each must have happened, or the run shows nothing. */
const HAPPENS = [
  'invocationCrashes',
  'invocationFreezes',
  'invocationTwice',
  'databaseReplyLost',
  'postDropped',
  'socketReset',
];

/** Runs seeds until the questions are asked, and expects that the bot, killed as often, replies to each once. */
export async function expectReplies(firstSeed: number, questions: number): Promise<void> {
  const totals = await runWorkers(await bundleWorker([], { script: 'tests/simulation/bots/worker.ts' }), {
    seed: firstSeed,
    seeds: Number.MAX_SAFE_INTEGER,
    sends: questions,
    jobs: 2,
  });

  console.log(
    `${totals.seeds} seeds: ${totals.sends} questions, ${totals.acknowledged} replies, ` +
      `${totals.counts.killed} kills, ${totals.counts.asked} calls of the function`,
  );
  expect(totals.broken).toEqual([]);
  expect(totals.acknowledged).toBe(totals.sends);
  expect(totals.sends).toBeGreaterThanOrEqual(questions);
  expect(totals.counts.killed).toBeGreaterThanOrEqual(questions);
  expect(HAPPENS.filter((what) => !totals.counts[what])).toEqual([]);
}
