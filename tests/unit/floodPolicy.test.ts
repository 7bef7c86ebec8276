import { handleRoomAction, handleSendMessage } from '../../lib/actions/routes';
import { openConnection } from '../../lib/connections/openConnection';
import type { FloodVerdict } from '../../lib/ports/floodDetector';
import { Unavailable } from '../../lib/ports/unavailable';
import { type ErrorCode, LIMITS } from '../../lib/protocol';
import { createFloodDetector } from '../../lib/rateLimiting/floodDetector';
import { createInvocationMetrics } from '../../lib/telemetry/invocationMetrics';
import { ann, bob, connect, createHarness, finish, HOUR, NOW } from './harness';

/** Which of so many frames close a connection. */
const times = (count: number, run: (i: number) => FloodVerdict) =>
  Array.from({ length: count }, (_, i) => run(i)).flatMap((verdict, i) =>
    verdict === 'close' ? [i + 1] : [],
  );

it('closes above sixty refusals within ten seconds, and again if that came to nothing', () => {
  const watch = createFloodDetector(5);

  expect(times(130, (i) => watch.countRefusal('a', { code: 'rateLimited' }, NOW + i))).toEqual([61, 121]);
});

it('serves nothing more once it closes, until there was nothing for ten seconds', () => {
  const watch = createFloodDetector(5);
  times(61, () => watch.countRefusal('a', { code: 'badFrame' }, NOW));

  expect(watch.countFrame('a', NOW + 1)).toBe('flood');
  expect(watch.countFrame('b', NOW + 1)).toBe('fine');
  expect(watch.countFrame('a', NOW + 10_000)).toBe('flood');
  expect(watch.countFrame('a', NOW + 20_000)).toBe('fine');
});

it('leaves alone who is refused no more than six times a second', () => {
  const watch = createFloodDetector(5);

  expect(times(600, (i) => watch.countRefusal('a', { code: 'rateLimited' }, NOW + i * 170))).toEqual([]);
});

it('does not count refusals of a client that waits each time as long as it was asked to', () => {
  const watch = createFloodDetector(5);
  const refuse = (action: string, ms: number, retryAfterMs: number) =>
    watch.countRefusal('a', { code: 'rateLimited', action, retryAfterMs }, NOW + ms);

  expect(
    times(1_000, (i) => {
      refuse('ping', i * 100, 100);
      return refuse('sendMessage', i * 100, 90);
    }),
  ).toEqual([]);
  expect(times(200, (i) => refuse('ping', 100_000 + i * 99, 100))).toEqual([62, 122, 182]);
});

it('counts each connection by itself', () => {
  const watch = createFloodDetector(5);

  expect(times(400, (i) => watch.countRefusal(`c${i % 10}`, { code: 'badFrame' }, NOW + i))).toEqual([]);
});

it('closes above what all buckets together let through in ten seconds, before anything is done', () => {
  const watch = createFloodDetector(5);

  expect(times(600, (i) => watch.countFrame('a', NOW + i))).toEqual([370, 430, 490, 550]);
  expect(watch.countFrame('a', NOW + 600)).toBe('flood');
  expect(times(600, (i) => createFloodDetector(100).countFrame('a', NOW + i))).toEqual([]);
});

it('never closes who keeps within the buckets', () => {
  const watch = createFloodDetector(5);
  const burst = 20 + 100 + 4 + 10 + 10;

  const closing = [
    ...times(burst, () => watch.countFrame('a', NOW)),
    ...times(30 * 22, (i) => watch.countFrame('a', NOW + (i * 1_000) / 22.5)),
  ];

  expect(closing).toEqual([]);
});

it.each<ErrorCode>(['behind', 'expired', 'unavailable', 'tooManyRooms'])('does not count %s', (code) => {
  const watch = createFloodDetector(5);

  expect(times(200, () => watch.countRefusal('a', { code }, NOW))).toEqual([]);
});

it('remembers no more than five hundred connections', () => {
  const watch = createFloodDetector(5);
  times(60, () => watch.countRefusal('a', { code: 'badFrame' }, NOW));
  times(500, (i) => watch.countRefusal(`c${i}`, { code: 'badFrame' }, NOW));

  expect(watch.countRefusal('a', { code: 'badFrame' }, NOW)).toBe('fine');
});

it.each([
  ['frames that are none', 'nonsense', handleRoomAction],
  ['messages faster than the bucket allows', '', handleSendMessage],
])('a flood of %s is ended, and nobody else’s connection', async (_name, frame, answer) => {
  const harness = createHarness();
  const flooder = await connect(harness, 'ann-1', ann, ['den']);
  const other = await connect(harness, 'bob-1', bob, ['den']);
  const sent = (i: number) =>
    frame || JSON.stringify({ action: 'sendMessage', room: 'den', id: `message-${i}`, text: 'x', after: i });

  for (let i = 0; i < 82; i++) await finish(harness, answer(harness, flooder, sent(Math.min(i, 20))));
  await finish(harness, handleRoomAction(harness, other, 'nonsense'));

  expect(harness.closed).toEqual(['ann-1']);
});

it.each([
  [
    'joins of one room too many',
    { action: 'joinRoom', room: 'one-too-many' },
    'tooManyRooms',
    handleRoomAction,
  ],
  [
    'one message',
    { action: 'sendMessage', room: 'room-0', id: 'message-1', text: 'x', after: 0 },
    'ack',
    handleSendMessage,
  ],
])('a flood of %s is ended', async (_name, frame, first, answer) => {
  const harness = createHarness();
  const rooms = Array.from({ length: LIMITS.roomsPerConnection }, (_, i) => `room-${i}`);
  const flooder = await connect(harness, 'ann-1', ann, rooms);
  const ask = () => finish(harness, answer(harness, flooder, JSON.stringify(frame)));

  const reply = await ask();
  for (let i = 0; i < 400; i++) await ask();

  expect(reply.type === 'error' ? reply.code : reply.type).toBe(first);
  expect(new Set(harness.closed)).toEqual(new Set(['ann-1']));
});

it('who is closed for a flood may not come back for a minute, and may stay elsewhere', async () => {
  const harness = createHarness();
  const flooder = await connect(harness, 'ann-1', ann, ['den']);
  const phone = await connect(harness, 'ann-2', ann, ['den']);
  const context = { ...harness, maxConnections: 5, leaseMs: 90_000 };
  const connectAgain = (id: string) => openConnection(context, { id, user: ann, expiresAt: NOW + HOUR });

  for (let i = 0; i < 61; i++) await finish(harness, handleRoomAction(harness, flooder, 'nonsense'));

  expect(await connectAgain('ann-3')).toBe('coolingDown');
  expect(await harness.connections.close('ann-3')).toBeUndefined();
  const nothing = () => Promise.reject(new Error('The database was asked.'));
  const { open } = harness.connections;
  harness.connections.open = nothing;
  expect(await connectAgain('ann-3')).toBe('coolingDown');
  harness.connections.open = open;
  const typed = JSON.stringify({ action: 'typing', room: 'den' });
  expect(await finish(harness, handleRoomAction(harness, phone, typed))).toMatchObject({ type: 'ok' });
  await harness.clock.runUntil(NOW + 60_000);
  expect(await connectAgain('ann-3')).toBe('opened');
});

it('starts the cool-down before it closes the connection, which reconnects at once', async () => {
  const harness = createHarness();
  const flooder = await connect(harness, 'ann-1', ann, ['den']);
  const { startCooldown } = harness.users;
  const done: string[] = [];
  harness.users.startCooldown = async (...given) => {
    await harness.clock.wait(50);
    await startCooldown(...given);
    done.push('held off');
  };
  harness.poster.close = async () => {
    done.push('closed');
    return 'delivered';
  };

  for (let i = 0; i < 61; i++) await finish(harness, handleRoomAction(harness, flooder, 'nonsense'));

  expect(done).toEqual(['held off', 'closed']);
});

it('answers the last frame of a flood after the close: a function that returned does nothing more', async () => {
  const harness = createHarness();
  const flooder = await connect(harness, 'ann-1', ann, ['den']);
  harness.poster.close = async (id) => {
    await harness.clock.wait(50);
    harness.closed.push(id);
    return 'delivered';
  };

  for (let i = 0; i < 61; i++) await finish(harness, handleRoomAction(harness, flooder, 'nonsense'));

  expect(harness.closed).toEqual(['ann-1']);
});

it('a flood is closed even when the database does not answer', async () => {
  const harness = createHarness();
  const flooder = await connect(harness, 'ann-1', ann, ['den']);
  harness.users.startCooldown = () => Promise.reject(new Unavailable('No answer.'));

  for (let i = 0; i < 61; i++) await finish(harness, handleRoomAction(harness, flooder, 'nonsense'));

  expect(harness.closed).toEqual(['ann-1']);
});

it('writes one warning for a flood, and nothing for what comes after it', async () => {
  const harness = createHarness();
  const flooder = await connect(harness, 'ann-1', ann, ['den']);
  const levels: (string | undefined)[] = [];

  for (let i = 0; i < 120; i++) {
    const metrics = createInvocationMetrics();
    await finish(harness, handleRoomAction({ ...harness, metrics }, flooder, 'nonsense'));
    levels.push(metrics.fields.level);
  }

  expect(levels.filter((level) => level === 'warn')).toHaveLength(1);
  expect(levels.slice(61).every((level) => level === 'debug')).toBe(true);
});
