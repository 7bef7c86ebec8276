import { runSeeds } from '../runSeeds';

const HAPPENS = [
  'review slow',
  'review throttled',
  'review throws',
  'review garbage',
  'mind changed',
  'deny',
  'replace',
  'hold',
  'decided to allow',
  'decided to deny',
  'decided otherwise',
  'socketReset',
];

/** Runs seeds until the sends are made, and expects that nothing unreviewed is shown, and nothing is lost. */
export async function expectReviewed(firstSeed: number, sends: number): Promise<void> {
  const totals = await runSeeds(firstSeed, sends, HAPPENS, { script: 'tests/simulation/review/worker.ts' });

  console.log(
    `${totals.seeds} seeds: ${totals.sends} sends, ${totals.acknowledged} acknowledged, ` +
      `${totals.counts.deny} verdicts to deny, ${totals.counts['mind changed']} changes of mind, ` +
      `${totals.brokenSeeds} violations`,
  );
}
