import { runSeeds } from '../runSeeds';

const HAPPENS = [
  'stream skips',
  'stream repeats',
  'stream late',
  'sink refuses',
  'sink loses its answer',
  'sink hangs',
  'erasure',
  'replay',
];

/** Runs seeds until the sends are made, and expects that the sink gets every entry in order. */
export async function expectRelayed(firstSeed: number, sends: number): Promise<void> {
  const totals = await runSeeds(firstSeed, sends, HAPPENS, { script: 'tests/simulation/events/worker.ts' });

  console.log(
    `${totals.seeds} seeds: ${totals.sends} sends, ${totals.counts['stream skips']} records lost, ` +
      `${totals.counts.replay} replays, ${totals.counts.erasure} erasures, ${totals.brokenSeeds} violations`,
  );
}
