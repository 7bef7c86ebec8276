import { bugs } from './bugs';
import { bundleWorker } from './bundle';
import { runWorkers } from './processes';

const MOST_SEEDS = 1_000;

it.each(bugs)(
  'catches code that $name',
  async ({ name, kind, patches, caughtAs }) => {
    const script = await bundleWorker(patches);

    const metrics = await runWorkers(script, {
      seed: 1,
      seeds: MOST_SEEDS,
      sends: Number.MAX_SAFE_INTEGER,
      jobs: 1,
      stopsWhenBroken: true,
      kind,
    });

    const [broken] = metrics.broken;
    console.log(`${name}: ${broken ? `seed ${broken.seed}, ${broken.violations[0]?.what}` : 'NOT CAUGHT'}`);
    expect(caughtAs).toContain(broken?.violations[0]?.kind);
  },
  300_000,
);
