import { runSeeds } from '../runSeeds';

const HAPPENS = ['postDropped', 'socketReset'];

/** Runs seeds until the questions are asked, and expects that the bot, killed as often, replies to each once. */
export async function expectReplies(firstSeed: number, questions: number): Promise<void> {
  const totals = await runSeeds(firstSeed, questions, HAPPENS, { script: 'tests/simulation/bots/worker.ts' });

  console.log(
    `${totals.seeds} seeds: ${totals.sends} questions, ${totals.acknowledged} replies, ` +
      `${totals.counts.killed} kills, ${totals.counts.asked} calls of the function`,
  );
  expect(totals.acknowledged).toBe(totals.sends);
  expect(totals.sends).toBeGreaterThanOrEqual(questions);
  expect(totals.counts.killed).toBeGreaterThanOrEqual(questions);
}
