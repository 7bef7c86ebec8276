import { createConcurrencyQueue } from '../../local/util/concurrencyQueue';

it('takes what waits though the one before it has failed, and tells that', async () => {
  const done: number[] = [];
  const told: unknown[] = [];
  const act = async (item: number) => {
    if (item === 1) throw new Error('A bug.');
    done.push(item);
  };
  const turns = createConcurrencyQueue(1, act, {
    behind: () => told.push('behind'),
    level: () => told.push('level'),
    failed: (error) => told.push(error),
  });

  for (const item of [1, 2, 3]) turns.take(item);
  await new Promise(setImmediate);

  expect(done).toEqual([2, 3]);
  expect(told).toEqual(['behind', 'behind', new Error('A bug.'), 'level', 'level']);
});
