import { bundleWorker } from '../bundle';
import { runWorkers } from '../processes';
import { changesBugs } from './bugs';

const MOST_SEEDS = 600;

it.each(changesBugs)(
  'catches code that $name',
  async ({ name, patches, caughtAs }) => {
    const script = await bundleWorker(patches, { script: 'tests/simulation/changes/worker.ts' });

    const totals = await runWorkers(script, {
      seed: 1,
      seeds: MOST_SEEDS,
      sends: Number.MAX_SAFE_INTEGER,
      jobs: 1,
      stopsWhenBroken: true,
    });

    const [broken] = totals.broken;
    console.log(`${name}: ${broken ? `seed ${broken.seed}, ${broken.violations[0]?.what}` : 'NOT CAUGHT'}`);
    expect(caughtAs).toContain(broken?.violations[0]?.kind);
  },
  300_000,
);
