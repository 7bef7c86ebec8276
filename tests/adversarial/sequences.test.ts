import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { handleRoomAction, handleSendMessage } from '../../lib/actions/routes';
import type { Requester } from '../../lib/auth/requester';
import { type ErrorCode, LIMITS, type Reply } from '../../lib/protocol';
import { byteLength } from '../../lib/protocol/byteLength';
import { parseClientFrame } from '../../lib/protocol/parseClientFrame';
import { connect, createHarness, finish, type Harness, HOUR, NOW } from '../unit/harness';
import { FRAMES } from './corpus/frames';
import { BAD_TEXTS, ODD_TEXTS } from './corpus/texts';

/** Every code there is; a new one does not compile until it is here. */
const CODES: Record<ErrorCode, true> = {
  badFrame: true,
  unknownAction: true,
  badField: true,
  tooLarge: true,
  notMember: true,
  behind: true,
  forbidden: true,
  rateLimited: true,
  tooManyRooms: true,
  gone: true,
  tooOld: true,
  tooMany: true,
  muted: true,
  readOnly: true,
  conflict: true,
  refused: true,
  held: true,
  tooManyConnections: true,
  banned: true,
  expired: true,
  unavailable: true,
};

const TYPES: Record<Reply['type'], true> = {
  ack: true,
  joined: true,
  history: true,
  reactions: true,
  draft: true,
  bans: true,
  members: true,
  queue: true,
  rooms: true,
  readMarked: true,
  direct: true,
  pong: true,
  ok: true,
  error: true,
};

const room = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('den', 'hall', 'r-1', 'r-2') },
  { weight: 1, arbitrary: fc.anything() },
);
const seq = fc.oneof(
  { weight: 5, arbitrary: fc.nat(30) },
  { weight: 1, arbitrary: fc.oneof(fc.maxSafeNat(), fc.double(), fc.string(), fc.constant(2 ** 53)) },
);
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary', maxLength: 5_000 }),
  fc.constantFrom(...Object.values(ODD_TEXTS), ...Object.values(BAD_TEXTS)),
);
const id = fc.oneof(fc.constantFrom('the-first', 'the-second', 'the-third'), fc.string({ maxLength: 70 }));
const ref = fc.oneof(fc.constantFrom('r1', 'r2'), fc.anything());

const optional = { requiredKeys: [] as never[] };
const fields = fc.record({ room, id, text, after: seq, before: seq, limit: seq, ref }, optional);
const good = fc.record({
  action: fc.constant('sendMessage'),
  room: fc.constantFrom('den', 'hall'),
  id: fc.constantFrom('the-first', 'the-second', 'the-third', 'the-fourth'),
  text: fc.string({ minLength: 1 }),
  after: fc.constant(0),
});
const frame = fc.oneof(
  { weight: 6, arbitrary: good },
  { weight: 6, arbitrary: fc.record({ action: fc.constant('sendMessage'), room, id, text, after: seq }) },
  { weight: 4, arbitrary: fc.record({ action: fc.constantFrom('joinRoom', 'leaveRoom', 'typing'), room }) },
  { weight: 2, arbitrary: fc.record({ action: fc.constant('getHistory'), room, before: seq }) },
  {
    weight: 2,
    arbitrary: fc.record({ action: fc.constant('ping'), rooms: fc.dictionary(fc.string(), seq) }),
  },
  { weight: 2, arbitrary: fields.chain((some) => fc.constant({ action: 'sendMessage', ...some })) },
  { weight: 1, arbitrary: fc.object() },
);
const data = fc.oneof(
  { weight: 8, arbitrary: frame.map((each) => JSON.stringify(each)) },
  { weight: 2, arbitrary: fc.constantFrom(...Object.values(FRAMES).map((each) => String(each.data))) },
  { weight: 1, arbitrary: fc.oneof(fc.string({ unit: 'binary' }), fc.json()) },
);

/** A frame, its sender, whether it takes the wrong route, and whether the next frame waits for its answer. */
const step = fc.record({ data, who: fc.nat(2), strays: fc.nat(9).map((n) => n === 0), waits: fc.boolean() });

const answer = (
  harness: Harness,
  who: Requester,
  { data, strays = false }: { data: string; strays?: boolean },
) => {
  const parsed = parseClientFrame(data);
  const isSend = parsed.ok && parsed.message.action === 'sendMessage';
  return (isSend !== strays ? handleSendMessage : handleRoomAction)(harness, who, data);
};

function expectReply(reply: Reply, data: string): void {
  expect(Object.keys(TYPES)).toContain(reply.type);
  if (reply.type === 'error') expect(Object.keys(CODES)).toContain(reply.code);
  expect(byteLength(JSON.stringify(reply))).toBeLessThanOrEqual(LIMITS.serverFrameBytes);
  const parsed = parseClientFrame(data);
  if (parsed.ok) expect(reply.ref).toBe(parsed.message.ref);
}

it('whatever people send in whatever order, every frame gets one answer, and good sends go on', async () => {
  let written = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const harness = createHarness();
      const people = await Promise.all(
        ['ann', 'bob', 'mallory'].map((name) => connect(harness, `${name}-1`, { id: name, name }, ['den'])),
      );
      const running: Promise<void>[] = [];
      for (const each of steps) {
        const who = people[each.who] as Requester;
        const answered = answer(harness, who, each).then((reply) => expectReply(reply, each.data));
        if (each.waits) await finish(harness, answered);
        else running.push(answered);
      }
      await finish(harness, Promise.all(running));

      const cyd = await connect(harness, 'cyd-1', { id: 'cyd', name: 'Cyd' }, ['den']);
      const last = { action: 'sendMessage', room: 'den', id: 'one-good-send', text: 'hello', after: 0 };
      const reply = await finish(harness, handleSendMessage(harness, cyd, JSON.stringify(last)));
      const rows = (harness.rows.get('den') ?? []).slice(1);
      expect(reply).toMatchObject({ type: 'ack', seq: rows.length });
      expect(rows.map((row) => row?.entry.seq)).toEqual(rows.map((_row, i) => i + 1));
      written += rows.length - 1;
    }),
    { numRuns: 150 },
  );
  expect(written).toBeGreaterThan(100);
});

it('an identity comes from the token alone, whatever a frame says', async () => {
  const harness = createHarness();
  const mallory = await connect(harness, 'm-1', { id: 'mallory', name: 'Mallory' }, ['den']);
  const forged = { from: { id: 'ann', name: 'Ann' }, user: 'ann', u: 'ann', sub: 'ann', name: 'Ann' };

  for (const [key, value] of Object.entries(forged)) {
    const frame = {
      action: 'sendMessage',
      room: 'den',
      id: `forged-${key}`,
      text: 'x',
      after: 0,
      [key]: value,
    };
    const reply = await finish(harness, handleSendMessage(harness, mallory, JSON.stringify(frame)));
    expect(reply).toMatchObject({ type: 'error', code: 'badField' });
  }

  expect(JSON.stringify([...harness.rows])).not.toContain('ann');
  expect(({} as Record<string, unknown>).admin).toBeUndefined();
});

it('two people in one container are never taken for each other, in four hundred frames at once', async () => {
  const harness = createHarness({ sendsPerSecond: 1_000, userSendsPerSecond: 2_000 });
  const people = await Promise.all(
    ['ann', 'bob'].map((name) => connect(harness, `${name}-1`, { id: name, name }, ['den'])),
  );

  await finish(
    harness,
    Promise.all(
      Array.from({ length: 400 }, (_, i) => {
        const who = people[i % 2] as Requester;
        const frame = {
          action: 'sendMessage',
          room: `den`,
          id: `${who.user.id}-${i}-by`,
          text: 'x',
          after: 0,
        };
        return handleSendMessage(harness, who, JSON.stringify(frame));
      }),
    ),
  );

  const entries = (harness.rows.get('den') ?? []).flatMap((row) =>
    row?.entry.type === 'message' ? [row.entry] : [],
  );
  expect(entries.length).toBeGreaterThan(100);
  for (const entry of entries) expect(entry.id.split('-')[0]).toBe(entry.from.id);
});

it('an expired connection gets nothing done, by any frame', async () => {
  const harness = createHarness();
  const late = await connect(harness, 'late-1', { id: 'late', name: 'Late' }, ['den'], NOW + HOUR);
  await harness.clock.runUntil(NOW + HOUR);

  for (const action of ['sendMessage', 'joinRoom', 'leaveRoom', 'getHistory', 'typing'] as const) {
    const frame = {
      action,
      room: 'den',
      ...(action === 'sendMessage' && { id: 'too-late-1', text: 'x', after: 0 }),
    };
    const asked = { data: JSON.stringify(frame) };
    expect(await finish(harness, answer(harness, late, asked))).toMatchObject({
      type: 'error',
      code: 'expired',
    });
  }
  expect(harness.rows.get('den') ?? []).toEqual([]);
});

it('a thousand bombs take no time and leave nothing behind', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const bombs = [
    '['.repeat(20_000),
    `${'{"a":'.repeat(4_000)}1${'}'.repeat(4_000)}`,
    `{"action":"ping","rooms":${'['.repeat(9_000)}${']'.repeat(9_000)}}`,
    `{"action":"ping","rooms":{"den":${'9'.repeat(20_000)}}}`,
    `{${Array.from({ length: 1_800 }, (_, i) => `"k${i}":0`).join()}}`,
    JSON.stringify({ action: 'ping', rooms: {}, ['k'.repeat(20_000)]: 0 }),
    JSON.stringify({
      action: 'sendMessage',
      room: 'den',
      id: 'a-good-id',
      text: '\\'.repeat(9_000),
      after: 0,
    }),
    '"'.repeat(20_000),
    '"\\'.repeat(10_000),
    'x'.repeat(1_000_000),
  ];
  for (const bomb of bombs) parseClientFrame(bomb);
  collect();
  const before = process.memoryUsage().heapUsed;
  const began = performance.now();

  for (let i = 0; i < 1_000; i++) expect(parseClientFrame(bombs[i % bombs.length] ?? '').ok).toBe(false);
  const took = performance.now() - began;
  collect();

  expect(process.memoryUsage().heapUsed - before).toBeLessThan(10 * 2 ** 20);
  expect(took).toBeLessThan(5_000);
});
