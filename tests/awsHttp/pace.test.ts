import { createPacedPoster } from '../../lib/aws/apiGateway/pacedPoster';
import type { Clock } from '../../lib/ports/clock';
import type { DeliveryResult, Poster } from '../../lib/ports/poster';

/** A clock that advances only with a wait, and records the waits. */
function setUp(answer: (count: number) => DeliveryResult = () => 'delivered') {
  let now = 1_000_000;
  let posts = 0;
  const waits: number[] = [];
  const clock: Clock = {
    now: () => now,
    async wait(ms) {
      waits.push(ms);
      now += ms;
    },
  };
  const poster: Poster = { prepare: () => async () => answer(++posts), close: async () => 'delivered' };
  return {
    paced: (quota: number) => createPacedPoster(poster, quota, clock).prepare('frame'),
    waits,
    elapsed: () => now - 1_000_000,
    pass: (ms: number) => {
      now += ms;
    },
  };
}

async function times(count: number, run: () => Promise<unknown>): Promise<void> {
  for (let i = 0; i < count; i++) await run();
}

it.each([
  [10_000, 4_500],
  [2_500, 1_125],
])('lets nine tenths of a burst through at once: quota %i', async (quota, burst) => {
  const { paced, waits } = setUp();
  const post = paced(quota);

  await times(burst, () => post('c'));
  expect(waits).toEqual([]);

  await times(10, () => post('c'));
  expect(waits.length).toBeGreaterThan(0);
});

it('then holds posts to nine tenths of the quota', async () => {
  const { paced, elapsed } = setUp();
  const post = paced(10_000);

  await times(4_500 + 9_000, () => post('c'));

  expect(elapsed()).toBeGreaterThan(990);
  expect(elapsed()).toBeLessThan(1_010);
});

it('is full again after half a second', async () => {
  const { paced, waits, pass } = setUp();
  const post = paced(10_000);
  await times(4_500, () => post('c'));
  pass(500);

  await times(4_500, () => post('c'));

  expect(waits).toEqual([]);
});

it('slows down at once when all are refused', async () => {
  const { paced, elapsed } = setUp(() => 'retry');
  const post = paced(10_000);

  await times(1_000, () => post('c'));

  expect(elapsed()).toBeGreaterThan(2_000);
});

it('hardly slows down for one in a hundred that fails', async () => {
  const { paced, elapsed } = setUp((count) => (count % 100 === 0 ? 'retry' : 'delivered'));
  const post = paced(10_000);

  await times(9_000, () => post('c'));

  expect(elapsed()).toBeLessThan(1_300);
});

it('holds nobody up for more than a second, and recovers', async () => {
  let isRefusing = true;
  const { paced, waits, elapsed } = setUp(() => (isRefusing ? 'retry' : 'delivered'));
  const post = paced(10);
  await Promise.all(Array.from({ length: 50 }, () => post('c')));
  isRefusing = false;
  waits.length = 0;

  await post('c');
  expect(Math.max(...waits)).toBeLessThanOrEqual(1_200);

  const before = elapsed();
  await times(90, () => post('c'));
  expect(elapsed() - before).toBeLessThan(10_500);
});

it('takes no notice of a clock that is set back', async () => {
  const { paced, waits, pass } = setUp();
  const post = paced(10_000);
  await times(4_500, () => post('c'));
  pass(-3_600_000);

  await post('c');

  expect(waits).toEqual([]);
});
