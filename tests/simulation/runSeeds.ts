import { bundleWorker } from './bundle';
import { runWorkers } from './processes';
import type { Kind } from './scenario';
import type { Totals } from './totals';

/** Faults of every simulation. */
const HAPPENS = ['invocationCrashes', 'invocationFreezes', 'invocationTwice', 'databaseReplyLost'];

/**
 * Runs seeds from one on until the sends are made; gives what they came to. Expects that no promise is broken, and that
 * all that is named has happened: else the run shows nothing.
 */
export async function runSeeds(
  seed: number,
  sends: number,
  happens: readonly string[],
  { script, kind }: { script?: string; kind?: Kind },
): Promise<Totals> {
  const totals = await runWorkers(await bundleWorker([], script === undefined ? {} : { script }), {
    seed,
    seeds: Number.MAX_SAFE_INTEGER,
    sends,
    jobs: 2,
    ...(kind && { kind }),
  });

  expect(totals.broken).toEqual([]);
  expect([...HAPPENS, ...happens].filter((what) => !totals.counts[what])).toEqual([]);
  return totals;
}
