import type { Room } from '../../client';
import { createPacer } from '../../client/connection/pacer';
import { createHarness, type Harness, texts } from './kit/harness';

/** Lets frames of one kind through a token bucket, as the server does; gives the times of its refusals. */
function limit(harness: Harness, actions: string[], burst: number, perSecond: number): number[] {
  const refusals: number[] = [];
  let tokens = burst;
  let filledAt = harness.clock.now();
  harness.gateway.faults.request = (message) => {
    if (!actions.includes(message.action)) return undefined;
    const now = harness.clock.now();
    tokens = Math.min(burst, tokens + ((now - filledAt) / 1_000) * perSecond);
    filledAt = now;
    if (tokens >= 1) {
      tokens--;
      return undefined;
    }
    refusals.push(now);
    const retryAfterMs = Math.ceil(((1 - tokens) / perSecond) * 1_000);
    const room = 'room' in message ? { room: message.room } : {};
    return {
      answer: {
        type: 'error',
        code: 'rateLimited',
        message: 'Too fast.',
        action: message.action,
        retryAfterMs,
        ...room,
      },
    };
  };
  return refusals;
}

/** The most refusals within ten seconds: the server closes a connection above 60. */
function worstWindow(refusals: readonly number[]): number {
  return Math.max(
    0,
    ...refusals.map((from) => refusals.filter((at) => at >= from && at < from + 10_000).length),
  );
}

const roomNames = (count: number) => Array.from({ length: count }, (_, n) => `room-${n}`);

it('sends a backlog of ten rooms as fast as the bucket allows, and is no flood', async () => {
  const harness = createHarness();
  const refusals = limit(harness, ['sendMessage'], 20, 5);
  const chat = harness.chat();
  const sent: Promise<unknown>[] = [];
  const rooms = roomNames(10).map((name) => chat.room(name));
  for (const room of rooms) for (let n = 0; n < 20; n++) sent.push(room.send(`${room.name} ${n}`));
  chat.connect();

  await harness.clock.pass(50_000);

  await Promise.all(sent);
  const inOrder = (room: Room) => Array.from({ length: 20 }, (_, n) => `${room.name} ${n}`);
  for (const room of rooms)
    expect(harness.gateway.entries(room.name).map((entry) => entry && 'text' in entry && entry.text)).toEqual(
      inOrder(room),
    );
  expect(worstWindow(refusals)).toBeLessThan(30);
});

it('catches up with 50 rooms as fast as the bucket allows, and is no flood', async () => {
  const harness = createHarness();
  const chat = harness.chat();
  const rooms = roomNames(50).map((name) => chat.room(name));
  chat.connect();
  for (const room of rooms) room.join().catch(() => {});
  await harness.clock.pass(2_000);
  for (const socket of harness.gateway.live()) harness.gateway.cut(socket);
  for (const { name } of rooms) for (let n = 0; n < 1_000; n++) harness.gateway.post(name, `${n}`);
  const refusals = limit(harness, ['joinRoom', 'getHistory', 'leaveRoom'], 100, 10);

  await harness.clock.pass(75_000);

  for (const room of rooms) expect(texts(room).at(-1)).toBe('999');
  expect(worstWindow(refusals)).toBeLessThan(30);
});

it('sends at once again after the backlog is gone', async () => {
  const harness = createHarness();
  const { room } = await harness.joined();
  limit(harness, ['sendMessage'], 1, 1);
  await Promise.all([room.send('1'), room.send('2'), harness.clock.pass(5_000)]);
  harness.gateway.faults.request = () => undefined;
  await harness.clock.pass(15_000);

  const sent = ['3', '4', '5'].map((text) => room.send(text));
  await harness.clock.pass(200);

  await expect(Promise.all(sent)).resolves.toHaveLength(3);
});

it('sends at once after the clock of the device was set back', async () => {
  const harness = createHarness();
  let aheadMs = 3_600_000;
  const clock = { ...harness.clock, now: () => harness.clock.now() + aheadMs };
  const { room } = await harness.joined('ann', 'lobby', { clock });
  const before = room.send('before');
  await harness.clock.pass(500);
  await before;

  aheadMs = 0;
  const sent = [room.send('after'), room.send('and again')];
  await harness.clock.pass(500);

  await Promise.all(sent);
  expect(texts(room)).toEqual(['before', 'after', 'and again']);
});

it('sends nothing before the time that the server asked for, also where the next request was due earlier', async () => {
  const { clock } = createHarness();
  const pacer = createPacer(clock);
  const run = jest.fn();
  pacer.run(() => {});
  pacer.slowDown(5_000);

  pacer.run(run);
  await clock.pass(4_900);
  const early = run.mock.calls.length;
  await clock.pass(200);

  expect([early, run.mock.calls.length]).toEqual([0, 1]);
});
