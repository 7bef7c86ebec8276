import { fanOut } from '../../lib/fanOut/fanOut';
import { createSlowReaders } from '../../lib/fanOut/slowReaders';
import type { DeliveryResult } from '../../lib/ports/poster';
import { createInvocationMetrics } from '../../lib/telemetry/invocationMetrics';
import { createVirtualClock, type VirtualClock } from '../simulation/clock';
import { seeded } from '../simulation/random';
import { finish, HOUR, MINUTE, NOW, range } from './harness';

const DEADLINE = NOW + 1_500;

/** A poster in virtual time whose posts take as long and come to what each connection is told. */
function setUp(
  answer: (connection: string, attempt: number) => { takesMs: number; delivery: DeliveryResult },
) {
  const clock = createVirtualClock(NOW);
  const begun: { connection: string; at: number }[] = [];
  const ended: { connection: string; at: number; delivery: DeliveryResult }[] = [];
  const attempts = new Map<string, number>();
  const metrics = createInvocationMetrics();
  const slowReaders = createSlowReaders();
  let open = 0;
  let mostOpen = 0;
  const poster = {
    prepare: () => async (connection: string) => {
      const attempt = (attempts.get(connection) ?? 0) + 1;
      attempts.set(connection, attempt);
      begun.push({ connection, at: clock.now() - NOW });
      mostOpen = Math.max(mostOpen, ++open);
      const { takesMs, delivery } = answer(connection, attempt);
      await clock.wait(takesMs);
      open--;
      ended.push({ connection, at: clock.now() - NOW, delivery });
      return delivery;
    },
  };
  return {
    clock,
    begun,
    ended,
    attempts,
    metrics,
    mostOpen: () => mostOpen,
    open: () => open,
    reach: { poster, clock, random: seeded(1), metrics, slowReaders },
    run: (pages: AsyncIterable<string[]>, deadline = DEADLINE) =>
      finish(
        { clock },
        fanOut({ poster, clock, random: seeded(1), metrics, slowReaders }, pages, 'frame', deadline),
      ),
  };
}

const names = (count: number, prefix = 'c') => range(1, count).map((i) => `${prefix}${i}`);

async function* pagesOf(...pages: string[][]): AsyncIterable<string[]> {
  yield* pages;
}

const quick = (delivery: DeliveryResult = 'delivered') => ({ takesMs: 5, delivery });

it.each<[string, DeliveryResult[], object, number]>([
  ['delivered at once', ['delivered'], { delivered: 1 }, 1],
  ['delivered at the second try', ['retry', 'delivered'], { delivered: 1 }, 2],
  ['delivered at the fourth try', ['retry', 'retry', 'retry', 'delivered'], { delivered: 1 }, 4],
  ['gone', ['gone'], { gone: ['c1'] }, 1],
  ['gone at the second try', ['retry', 'gone'], { gone: ['c1'] }, 2],
  ['failed, and is not tried again', ['failed', 'delivered'], { failed: 1 }, 1],
])('a post that is %s', async (_name, deliveries, expected, tries) => {
  const { run, attempts } = setUp((_connection, attempt) => quick(deliveries[attempt - 1]));

  const result = await run(pagesOf(['c1']));

  expect(result).toEqual({ delivered: 0, gone: [], failed: 0, slow: 0, unfinished: [], ...expected });
  expect(attempts.get('c1')).toBe(tries);
});

it('tells who was still failing at the deadline, and stops in time', async () => {
  const { run, attempts, begun } = setUp((connection) => quick(connection === 'c2' ? 'retry' : 'delivered'));

  const result = await run(pagesOf(['c1', 'c2', 'c3']));

  expect(result).toEqual({ delivered: 2, gone: [], failed: 0, slow: 0, unfinished: ['c2'] });
  expect(attempts.get('c2')).toBeGreaterThan(3);
  expect(Math.max(...begun.map(({ at }) => at))).toBeLessThan(1_500);
});

it('has nothing to do for nobody', async () => {
  const { run } = setUp(() => quick());

  expect(await run(pagesOf([], []))).toEqual({ delivered: 0, gone: [], failed: 0, slow: 0, unfinished: [] });
});

it('reaches everyone once, across pages and outcomes', async () => {
  const outcomes: DeliveryResult[] = ['delivered', 'gone', 'failed', 'retry'];
  const { run, attempts } = setUp((connection, attempt) =>
    quick(attempt > 1 ? 'delivered' : outcomes[Number(connection.slice(1)) % 4]),
  );
  const all = names(400);

  const result = await run(pagesOf(all.slice(0, 250), all.slice(250)));

  expect(result).toMatchObject({ delivered: 200, failed: 100, unfinished: [] });
  expect(result.gone.sort()).toEqual(all.filter((name) => Number(name.slice(1)) % 4 === 1).sort());
  expect([...attempts.keys()].sort()).toEqual([...all].sort());
});

it.each([
  [3, 3],
  [10, 10],
  [100, 80],
  [1_000, 253],
  [8_000, 256],
  [20_000, 256],
])('posts to a room of %s over %s lanes at a time', async (recipients, lanes) => {
  const { run, mostOpen, ended } = setUp(() => quick());

  await run(pagesOf(names(recipients)), NOW + HOUR);

  expect(mostOpen()).toBe(lanes);
  expect(ended.at(-1)?.at).toBe(Math.ceil(recipients / lanes) * 5);
});

it('posts to the first while later pages are still being read', async () => {
  const { run, clock, begun } = setUp(() => quick());
  async function* slowly(): AsyncIterable<string[]> {
    yield ['first'];
    await clock.wait(700);
    yield ['second'];
    await clock.wait(700);
    yield ['third'];
  }

  await run(slowly());

  expect(begun.map(({ at }) => at)).toEqual([0, 700, 1_400]);
});

/** When the last of some connections had its post. */
const lastOf = (ended: readonly { connection: string; at: number }[], prefix: string) =>
  Math.max(...ended.filter(({ connection }) => connection.startsWith(prefix)).map(({ at }) => at));

it('lets one that hangs delay the others by less than 50 ms', async () => {
  const calm = setUp(() => quick());
  const hung = setUp((connection) =>
    connection === 'hung' ? { takesMs: 1_000, delivery: 'retry' } : quick(),
  );

  await calm.run(pagesOf(names(50)));
  await hung.run(pagesOf(['hung', ...names(50)]));

  expect(hung.ended.filter(({ delivery }) => delivery === 'delivered')).toHaveLength(50);
  expect(lastOf(hung.ended, 'c') - lastOf(calm.ended, 'c')).toBeLessThan(50);
});

describe('a reader that does not read', () => {
  const answer = (connection: string) => quick(connection.startsWith('slow') ? 'throttled' : 'delivered');

  it('is given up after a fourth try, and then tried once a frame while that is remembered', async () => {
    const { run, clock, attempts } = setUp(answer);

    const first = await run(pagesOf(['slow', ...names(5)]));
    const tookMs = clock.now() - NOW;
    const second = await run(pagesOf(['slow', ...names(5)]));

    for (const result of [first, second])
      expect(result).toEqual({ delivered: 5, gone: [], failed: 0, slow: 1, unfinished: [] });
    expect(attempts.get('slow')).toBe(5);
    expect(tookMs).toBeLessThan(750);
    expect(clock.now() - NOW - tookMs).toBeLessThan(10);
  });

  it('is forgotten as such after a minute, and by a post that gets through', async () => {
    const { run, clock, attempts } = setUp((_connection, attempt) =>
      quick(attempt === 6 ? 'delivered' : 'throttled'),
    );
    const post = () => run(pagesOf(['slow']), clock.now() + 1_500);

    await post();
    await clock.runUntil(clock.now() + 60_000);
    await post();
    expect(attempts.get('slow')).toBe(6);
    await post();
    expect(attempts.get('slow')).toBe(10);
  });

  it('is not one of many: where most are throttled the quota is short, and everybody is tried again', async () => {
    const { run, attempts } = setUp((connection, attempt) =>
      quick(attempt < 4 && Number(connection.slice(1)) % 3 > 0 ? 'throttled' : 'delivered'),
    );

    const result = await run(pagesOf(names(90)), NOW + HOUR);

    expect(result).toMatchObject({ delivered: 90, slow: 0 });
    expect(attempts.get('c1')).toBe(4);
  });
});

it.each<[string, number, DeliveryResult, object]>([
  ['ten are throttled', 10, 'throttled', { slow: 10, unfinished: [] }],
  ['ten fail', 10, 'retry', { slow: 10, unfinished: [] }],
  ['eleven are throttled, one of them once', 11, 'throttled', { slow: 0 }],
  ['eleven fail, one of them once', 11, 'retry', { slow: 0 }],
])(
  'takes ten connections at most for slow readers in a small room: %s',
  async (_name, count, delivery, expected) => {
    const isBad = (connection: string, attempt: number) =>
      connection.startsWith('bad') && (connection !== 'bad11' || attempt === 1);
    const { run } = setUp((connection, attempt) =>
      quick(isBad(connection, attempt) ? delivery : 'delivered'),
    );

    expect(await run(pagesOf([...names(count, 'bad'), 'c1']), NOW + MINUTE)).toMatchObject(expected);
  },
);

it.each([
  ['few', 5, { slow: 5, unfinished: [] }],
  ['most', 40, { slow: 0 }],
])('gives up connections whose posts fail for long where these are %s', async (_name, failing, expected) => {
  const { run } = setUp((connection) => quick(connection.startsWith('bad') ? 'retry' : 'delivered'));

  const result = await run(pagesOf([...names(failing, 'bad'), ...names(20)]), NOW + MINUTE);

  expect(result).toMatchObject({ delivered: 20, ...expected });
});

it('tries each once where nothing is retried', async () => {
  const { clock, attempts, reach } = setUp(() => quick('retry'));

  const posting = fanOut(reach, pagesOf(names(3)), 'frame', DEADLINE, { maxAttempts: 1 });
  const result = await finish({ clock }, posting);

  expect(result.unfinished).toHaveLength(3);
  expect([...attempts.values()]).toEqual([1, 1, 1]);
});

it('holds no lane for those that wait to be tried again', async () => {
  const { run, ended } = setUp((connection) => quick(connection.startsWith('bad') ? 'retry' : 'delivered'));

  const result = await run(pagesOf(names(600, 'bad'), names(4, 'good')));

  expect(result.unfinished).toHaveLength(600);
  expect(result.delivered).toBe(4);
  // Four rounds of first tries over 197 lanes, and among them a second try now and then.
  expect(lastOf(ended, 'good')).toBeLessThan(250);
});

it('begins nothing after the deadline, and tells whom it did not come to', async () => {
  const { run, begun, ended } = setUp((connection) =>
    connection === 'c1' ? quick('retry') : { takesMs: 1_000, delivery: 'delivered' },
  );

  const result = await run(pagesOf(names(200)));

  expect(Math.max(...begun.map(({ at }) => at))).toBeLessThan(1_500);
  expect(lastOf(ended, 'c')).toBeLessThan(2_500);
  const delivered = ended
    .filter(({ delivery }) => delivery === 'delivered')
    .map(({ connection }) => connection);
  expect([...delivered, ...result.unfinished, 'c1'].sort()).toEqual(names(200).sort());
  expect(result.slow).toBe(1);
  expect(result.delivered).toBe(delivered.length);
});

it('tries a connection again that the last fan-out left, unless it hands over itself', async () => {
  const { run, reach } = setUp((_connection, attempt) => quick(attempt < 3 ? 'throttled' : 'delivered'));
  reach.slowReaders.suspect('c1', NOW);

  expect(await run(pagesOf(names(1)))).toMatchObject({ delivered: 1, unfinished: [] });
});

it('begins no post that waited for a lane until after the deadline', async () => {
  const { run, begun } = setUp(() => ({ takesMs: 1_000, delivery: 'delivered' }));

  const { delivered, unfinished } = await run(pagesOf(names(1_000)));

  expect(Math.max(...begun.map(({ at }) => at))).toBe(1_000);
  expect(begun).toHaveLength(delivered);
  expect(delivered + unfinished.length).toBe(1_000);
});

it('ends what it has begun before it tells that the list broke off', async () => {
  const { run, open, ended } = setUp(() => quick());
  async function* broken(): AsyncIterable<string[]> {
    yield names(10);
    throw new Error('no more pages');
  }

  await expect(run(broken())).rejects.toThrow('no more pages');

  expect(open()).toBe(0);
  expect(ended).toHaveLength(10);
});

it('spaces tries at random, wider from try to try', async () => {
  const begunAt: number[][] = [];
  for (const random of [() => 0, () => 0.5, () => 0.999]) {
    const clock: VirtualClock = createVirtualClock(NOW);
    const at: number[] = [];
    const poster = {
      prepare: () => async (): Promise<DeliveryResult> => {
        at.push(Math.round(clock.now() - NOW));
        return at.length < 5 ? 'retry' : 'delivered';
      },
    };
    const reach = {
      poster,
      clock,
      random,
      metrics: createInvocationMetrics(),
      slowReaders: createSlowReaders(),
    };
    await finish({ clock }, fanOut(reach, pagesOf(['c1']), 'frame', NOW + 60_000));
    begunAt.push(at);
  }

  expect(begunAt).toEqual([
    [0, 0, 0, 0, 0],
    [0, 50, 150, 350, 750],
    [0, 100, 300, 699, 1_499],
  ]);
});

it('remembers no more than five hundred slow readers', () => {
  const readers = createSlowReaders();
  readers.record('oldest', NOW);
  for (const n of range(1, 500)) readers.record(`reader-${n}`, NOW);

  expect(readers.isSlow('oldest', NOW)).toBe(false);
  expect(readers.isSlow('reader-1', NOW)).toBe(true);
});
