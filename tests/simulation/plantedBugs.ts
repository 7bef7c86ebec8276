import { bundleWorker, type Patch } from './bundle';
import { runWorkers } from './processes';
import type { Kind } from './scenario';

/** A bug in the real sources, and the kinds of violation by which it may be caught. */
export interface PlantedBug<Wrong extends string = string> extends Patch {
  name: string;
  /** The other places that the bug needs. */
  also?: readonly Patch[];
  /** The kind of scenario that gives it the chance to show. */
  kind?: Kind;
  caughtAs: readonly Wrong[];
}

/** Tests that a simulation catches each bug, within a number of seeds, as it should be caught. */
export function itCatches(bugs: readonly PlantedBug[], seeds: number, script?: string): void {
  it.each(bugs)(
    'catches code that $name',
    async (bug) => {
      const { name, also = [], kind, caughtAs } = bug;
      const totals = await runWorkers(
        await bundleWorker([bug, ...also], script === undefined ? {} : { script }),
        {
          seed: 1,
          seeds,
          sends: Number.MAX_SAFE_INTEGER,
          jobs: 1,
          stopsWhenBroken: true,
          ...(kind && { kind }),
        },
      );

      const [broken] = totals.broken;
      console.log(`${name}: ${broken ? `seed ${broken.seed}, ${broken.violations[0]?.what}` : 'NOT CAUGHT'}`);
      expect(caughtAs).toContain(broken?.violations[0]?.kind);
    },
    300_000,
  );
}
