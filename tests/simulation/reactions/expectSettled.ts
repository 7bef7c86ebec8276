import { runSeeds } from '../runSeeds';

const HAPPENS = ['gave up', 'repeated', 'erased', 'burst', 'sparse'];

/** Runs seeds until the reactions are given, and expects them to converge and each settled one to be shown. */
export async function expectSettled(firstSeed: number, toggles: number): Promise<void> {
  const totals = await runSeeds(firstSeed, toggles, HAPPENS, {
    script: 'tests/simulation/reactions/worker.ts',
  });

  console.log(
    `${totals.seeds} seeds: ${totals.sends} toggles, ${totals.acknowledged} settled, ${totals.shown} entries shown`,
  );
  expect(totals.sends).toBeGreaterThanOrEqual(toggles * 0.99);
}
