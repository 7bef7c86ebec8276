import { NOTIFY_EVERY_MS } from '../../../lib/push/notifyUser';
import { seeded } from '../random';
import { createPushWorld, type Fault, NOTIFY_AFTER_MS, type Sent, START } from './pushWorld';
import { simulatePush } from './simulatePush';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const never = (): Fault => undefined;

/** Ada has two devices and is notified of all messages; Bob of those that mention him. */
async function createLobby(fault: (call: number) => Fault = never, seed = 1) {
  const world = createPushWorld(seeded(seed), fault);
  await world.follow('ada', 'lobby', 'all');
  await world.follow('bob', 'lobby');
  await world.subscribe('ada', 'phone');
  await world.subscribe('ada', 'laptop');
  await world.subscribe('bob', 'phone');
  return world;
}

const endpointsOf = (sent: readonly Sent[]) => sent.map(({ endpoint }) => endpoint).sort();

describe.each(['before', 'after'] as const)('killed %s each call in turn', (when) => {
  it('each device shows one notification of a message, and never two', async () => {
    let isKilled = true;
    let point = 0;
    while (isKilled) {
      point++;
      const world = await createLobby((call) => (call === point ? when : undefined), point);
      await world.write('lobby', 'cyd', ['bob']);
      await world.clock.runUntil(START + HOUR_MS);

      expect([point, [...world.shown].sort()]).toEqual([
        point,
        [
          ['ada laptop lobby', [1]],
          ['ada phone lobby', [1]],
          ['bob phone lobby', [1]],
        ],
      ]);
      isKilled = world.kills() > 0;
    }
    expect(point).toBeGreaterThan(20);
  });
});

it('of two devices none is told of what was read on one, but for what was sent within the wait', async () => {
  const world = await createLobby();
  const first = await world.write('lobby', 'cyd', ['bob']);
  await world.clock.runUntil(START + NOTIFY_AFTER_MS - 1);
  await world.read('ada', 'lobby', first);
  await world.clock.runUntil(START + HOUR_MS);
  expect(endpointsOf(world.sent)).toEqual(['bob phone']);

  const second = await world.write('lobby', 'cyd');
  await world.clock.runUntil(START + 2 * HOUR_MS);
  await world.read('ada', 'lobby', second);
  await world.clock.runUntil(START + 3 * HOUR_MS);
  expect(endpointsOf(world.sent.slice(1))).toEqual(['ada laptop', 'ada phone']);
});

it('1,000 messages in a minute bring at most one notification a minute', async () => {
  const world = await createLobby();
  for (let i = 0; i < 1_000; i++) {
    await world.write('lobby', 'cyd', i % 100 === 0 ? ['bob'] : undefined);
    await world.clock.runUntil(START + (i + 1) * (MINUTE_MS / 1_000));
  }
  await world.clock.runUntil(START + HOUR_MS);

  for (const endpoint of ['ada phone', 'ada laptop', 'bob phone']) {
    const own = world.sent.filter((each) => each.endpoint === endpoint);
    const gaps = own.slice(1).map(({ at }, i) => at - (own[i]?.at ?? 0));
    expect(own.length).toBeLessThanOrEqual(3);
    expect(Math.min(...gaps)).toBeGreaterThan(NOTIFY_EVERY_MS - 1_000);
  }
  expect(world.sent.findLast(({ user }) => user === 'ada')).toMatchObject({ seq: 1_000, unread: '99+' });
});

it('nobody is told of an own message, a deleted one, or one of a room that is muted or set to none', async () => {
  const world = await createLobby();
  await world.follow('dan', 'lobby', 'none');
  await world.subscribe('dan', 'phone');
  await world.write('lobby', 'ada', ['ada', 'dan']);
  const deleted = await world.write('lobby', 'cyd', ['bob']);
  await world.clock.runUntil(START + 1_000);
  await world.remove('lobby', deleted);
  await world.clock.runUntil(START + HOUR_MS);
  expect(world.sent).toEqual([]);
});

it('who has not read a message is told of it, whatever dies, and of nothing else', async () => {
  const totals = new Map<string, number>();
  for (let seed = 1; seed <= 300; seed++) {
    const { violations, counts } = await simulatePush(seed);
    expect([seed, violations]).toEqual([seed, []]);
    for (const [what, times] of counts) totals.set(what, (totals.get(what) ?? 0) + times);
  }
  expect([...totals.keys()].sort()).toEqual(['ban', 'deletion', 'kill', 'notification', 'read']);
  expect(Math.min(...totals.values())).toBeGreaterThan(0);
});
