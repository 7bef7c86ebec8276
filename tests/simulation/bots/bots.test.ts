import { bundleWorker } from '../bundle';
import { runWorkers } from '../processes';

const QUESTIONS = 1_000;

/** Each must have happened, or the run shows nothing. */
const HAPPENS = [
  'invocationCrashes',
  'invocationFreezes',
  'invocationTwice',
  'databaseReplyLost',
  'postDropped',
  'socketReset',
];

it('two copies of a bot, killed a thousand times, reply to each of a thousand questions once', async () => {
  const totals = await runWorkers(await bundleWorker([], { script: 'tests/simulation/bots/worker.ts' }), {
    seed: 7_000_000,
    seeds: Number.MAX_SAFE_INTEGER,
    sends: QUESTIONS,
    jobs: 2,
  });

  console.log(
    `${totals.seeds} seeds: ${totals.sends} questions, ${totals.acknowledged} replies, ` +
      `${totals.counts.killed} kills, ${totals.counts.asked} calls of the function`,
  );
  expect(totals.broken).toEqual([]);
  expect(totals.acknowledged).toBe(totals.sends);
  expect(totals.sends).toBeGreaterThanOrEqual(QUESTIONS);
  expect(totals.counts.killed).toBeGreaterThanOrEqual(QUESTIONS);
  expect(HAPPENS.filter((what) => !totals.counts[what])).toEqual([]);
}, 300_000);
