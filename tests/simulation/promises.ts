import { bundleWorker } from './bundle';
import { CRASH_POINTS } from './faults';
import { runWorkers } from './processes';

/** Of every 200 sends, a kick or ban is expected at least once; nothing of a removed user may come through. */
const SENDS_PER_KICK = 200;

/** Runs seeds from the first one on until the sends are made, and expects every promise to hold. */
export async function expectPromises(firstSeed: number, sends: number): Promise<void> {
  const metrics = await runWorkers(await bundleWorker(), {
    seed: firstSeed,
    seeds: Number.MAX_SAFE_INTEGER,
    sends,
    jobs: 2,
  });

  console.log(
    `seeds ${firstSeed} to ${firstSeed + metrics.seeds - 1}: ${metrics.sends} sends, ${metrics.shown} shown; replay one with npm run sim -- --seed N --seeds 1`,
  );
  expect(metrics.broken).toEqual([]);
  expect(metrics.sends).toBeGreaterThanOrEqual(sends * 0.99);
  const { kicked = 0, 'banned everywhere': banned = 0 } = metrics.counts;
  expect(kicked + banned).toBeGreaterThanOrEqual(sends / SENDS_PER_KICK);
  for (const point of CRASH_POINTS) expect(metrics.counts[`crash ${point}`]).toBeGreaterThan(0);
}
