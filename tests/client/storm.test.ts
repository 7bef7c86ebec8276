import { storm } from './kit/storm';

const first = Number(process.env.SEED ?? 1);
const count = Number(process.env.SEEDS ?? (process.env.SEED ? 1 : 100));

describe('whatever goes wrong', () => {
  it(`loses, doubles, skips and reorders nothing (seeds ${first} to ${first + count - 1})`, async () => {
    const failures: string[] = [];
    let acknowledged = 0;

    for (let seed = first; seed < first + count; seed++) {
      const report = await storm(seed);
      acknowledged += report.acknowledged;
      failures.push(...report.problems.map((problem) => `SEED=${seed}: ${problem}`));
    }

    expect(failures).toEqual([]);
    expect(acknowledged).toBeGreaterThan(10 * count);
  }, 600_000);
});
