import { bundleWorker } from './bundle';
import { CRASH_POINTS } from './faults';
import { runWorkers } from './processes';
import { scenarioOf } from './scenario';
import { simulate } from './simulate';

const SENDS = 100_000;
/** People put out while they write and enter: of none of them anything may come through. */
const LEAST_KICKS = 500;
const FIRST_SEED = 1_000_000;

it('keeps every promise in 100,000 sends', async () => {
  const metrics = await runWorkers(await bundleWorker(), {
    seed: FIRST_SEED,
    seeds: Number.MAX_SAFE_INTEGER,
    sends: SENDS,
    jobs: 2,
  });

  console.log(
    `seeds ${FIRST_SEED} to ${FIRST_SEED + metrics.seeds - 1}: ${metrics.sends} sends, ${metrics.shown} shown; replay one with npm run sim -- --seed N --seeds 1`,
  );
  expect(metrics.broken).toEqual([]);
  expect(metrics.sends).toBeGreaterThanOrEqual(SENDS * 0.99);
  const { kicked = 0, 'banned everywhere': banned = 0 } = metrics.counts;
  expect(kicked + banned).toBeGreaterThanOrEqual(LEAST_KICKS);
  for (const point of CRASH_POINTS) expect(metrics.counts[`crash ${point}`]).toBeGreaterThan(0);
}, 900_000);

it('does the same again for the same seed', async () => {
  const once = await simulate(77, scenarioOf(77));
  const again = await simulate(77, scenarioOf(77));

  expect(again).toEqual(once);
});
