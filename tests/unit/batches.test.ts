import { getRooms } from '../../lib/actions/getRooms';
import { publishAsOperator } from '../../lib/actions/publishForBackEnd';
import { handleRoomAction } from '../../lib/actions/routes';
import { createReactionErasureStore } from '../../lib/aws/dynamodb/reactionErasureStore';
import { createReactionStore } from '../../lib/aws/dynamodb/reactionStore';
import { closeToOutsiders } from '../../lib/moderation/closeToOutsiders';
import { type ErasureContext, eraseRoom, eraseUser } from '../../lib/operator/eraseCommand';
import { listRooms } from '../../lib/operator/listRooms';
import { findConnected } from '../../lib/operator/readUsers';
import { addOwnReactions } from '../../lib/reactions/addOwnReactions';
import { removeReactions } from '../../lib/reactions/eraseReactions';
import {
  ann,
  bob,
  connect,
  createHarness,
  entry,
  fill,
  finish,
  HOUR,
  NOW,
  range,
  withCalls,
} from './harness';

/** Counts how much is under way. */
function createGauge() {
  const gauge = { open: 0, most: 0, calls: 0 };
  const pass = async () => {
    gauge.calls++;
    gauge.most = Math.max(gauge.most, ++gauge.open);
    await Promise.resolve();
    gauge.open--;
  };
  return { gauge, pass };
}

const still = { now: () => NOW, wait: async () => {} };

it('reactions are removed 25 at a time, and as many as were asked for', async () => {
  const { gauge, pass } = createGauge();
  const store = createReactionErasureStore(
    {
      async call(operation, { Limit = 1_000 }) {
        if (operation === 'Query')
          return { Items: range(1, Number(Limit)).map((seq) => ({ room: 'den', seq })) };
        await pass();
        return {};
      },
    },
    'T',
  );

  expect(await store.removeSome('den', 1, 200)).toBe(true);

  expect(gauge).toMatchObject({ most: 25, calls: 200 });
});

it('reactions to a message are removed until the deadline', async () => {
  let now = NOW;
  const clock = { now: () => (now += 1_000), wait: async () => {} };
  let calls = 0;
  const reactions = { removeSome: async () => ++calls < 100 } as unknown as ErasureContext['reactions'];

  expect(await removeReactions({ reactions, clock }, 'den', 1, NOW + 3_000)).toBe(false);

  expect(calls).toBe(3);
});

it('a page writes five summaries that were left out', async () => {
  const { gauge, pass } = createGauge();
  const harness = createHarness();
  const seqs = range(1, 8);
  const state = { k: 2, done: 1, changedAt: NOW - HOUR, next: NOW - HOUR, reactors: 1, claimed: 1 };
  const reactions = {
    readOwn: async () => new Map(seqs.map((seq) => [seq, { mine: [], state }])),
    claim: pass,
  };
  const context = { ...harness, reactions } as unknown as Parameters<typeof addOwnReactions>[0];
  const none = { seq: 1, k: 1, counts: {}, users: {} };

  await addOwnReactions(context, 'den', ann)(seqs.map((seq) => entry(seq, { reactions: none })));

  expect(gauge.calls).toBe(5);
});

it('a page of a room is erased 25 rows at a time', async () => {
  const harness = createHarness();
  fill(harness, 'den', range(1, 300));
  const { gauge, pass } = createGauge();
  const context = {
    ...harness,
    erasures: { erase: () => pass().then(() => true) },
    reactions: { removeSome: async () => false },
    log: { ...harness.log, expire: pass },
  } as unknown as ErasureContext;

  expect(await eraseRoom(context, 'den')).toEqual({ erased: 200, next: 200 });

  expect(gauge).toMatchObject({ most: 25, calls: 400 });
});

it("a search for a user's rows ends at its deadline", async () => {
  let calls = 0;
  const findRowsOf = async () => ({
    ...{ rows: [], reactions: [], drafts: [] },
    ...(++calls < 100 && { next: { room: 'den', seq: 1 } }),
  });
  const clock = { now: createSlowClock(), wait: async () => {} };
  const context = { ...createHarness(), clock, erasures: { findRowsOf } } as unknown as ErasureContext;

  expect(await eraseUser(context, 'ann')).toEqual({ erased: 0, next: { room: 'den', seq: 1 } });

  expect(calls).toBe(5);
});

it('a page of rooms has a hundred, whose heads are read 25 at a time', async () => {
  const { gauge, pass } = createGauge();
  let seq = 0;
  const rooms = {
    step: async () => ({ room: `room-${++seq}`, next: { room: 'r', seq } }),
    readHead: async (room: string) => {
      await pass();
      return { room, seq: 1, at: NOW };
    },
  };

  expect(await listRooms({ rooms, clock: still }, undefined)).toMatchObject({ rooms: { length: 100 } });

  expect(gauge).toMatchObject({ most: 25, calls: 100 });
});

it.each([
  ['a hundred', still, 10],
  ['the deadline', { now: createSlowClock(), wait: async () => {} }, 3],
])('a search for users ends at %s', async (_end, clock, pages) => {
  const { gauge, pass } = createGauge();
  const directory = {
    async scanConnections() {
      await pass();
      const found = range(1, 10).map((n) => ({ user: `user-${gauge.calls}-${n}`, name: 'N' }));
      return { found, next: 'more' };
    },
  };
  const context = { directory, clock } as unknown as Parameters<typeof findConnected>[0];

  expect(await findConnected(context, '')).toMatchObject({ next: 'more' });

  expect(gauge.calls).toBe(pages);
});

it('a page of followed rooms reads the newest entries and the rules of 25 rooms at once', async () => {
  const { gauge, pass } = createGauge();
  const harness = createHarness();
  const who = await connect(harness, 'ann-1', ann);
  for (const n of range(1, 60))
    await harness.follows.add(ann.id, { room: `room-${n}`, since: NOW }, 500, NOW);
  const rules = jest.spyOn(harness.roomSettings, 'readAll');
  const gauged = withCalls(harness, 'messageCounts', {
    async readNewest() {
      await pass();
      return undefined;
    },
  });

  const page = await finish(harness, getRooms(gauged, who, { action: 'getRooms' }));

  expect(page).toMatchObject({ rooms: { length: 25 } });
  expect(gauge).toMatchObject({ most: 25, calls: 25 });
  expect(rules.mock.calls.map(([asked]) => asked.length)).toEqual([25]);
});

it.each([
  [50, 'pong', 50],
  [51, 'error', 0],
])('a ping of %d rooms is answered %s, after %d heads were read', async (count, type, heads) => {
  const { gauge, pass } = createGauge();
  const harness = createHarness();
  const rooms = range(1, count).map((n) => `room-${n}`);
  for (const room of rooms) fill(harness, room, [1]);
  const who = await connect(harness, 'ann-1', ann, rooms.slice(0, 50));
  const gauged = withCalls(harness, 'log', {
    async readBackward(...asked) {
      await pass();
      return harness.log.readBackward(...asked);
    },
  });
  const frame = JSON.stringify({ action: 'ping', rooms: Object.fromEntries(rooms.map((room) => [room, 0])) });

  expect(await finish(harness, handleRoomAction(gauged, who, frame))).toMatchObject({ type });

  expect(gauge.calls).toBe(heads);
});

it('a search completes the changes of a page of 500 rows at once, and of the row above', async () => {
  const { gauge, pass } = createGauge();
  const harness = createHarness();
  fill(harness, 'den', range(1, 1_200));
  const pending = withCalls(harness, 'log', {
    readIdentities: async (...asked) =>
      (await harness.log.readIdentities(...asked)).map((row) => ({ ...row, isPending: true })),
    readRows: async (_room, seqs) => seqs.map((seq) => ({ type: 'pending', seq, change: entry(seq) })),
    async applyChange() {
      await pass();
      return true;
    },
    clearPending: async () => {},
  });
  const message = { action: 'sendMessage', room: 'den', id: 'my-own-id', text: 'hello', after: 0 } as const;

  expect(await finish(harness, publishAsOperator(pending, bob, message))).toMatchObject({ type: 'ack' });

  expect(gauge.most).toBe(501);
});

it('a room that becomes private puts out a hundred connections at a time', async () => {
  const { gauge, pass } = createGauge();
  const harness = createHarness();
  for (const n of range(1, 500))
    await harness.members.add({ id: `crowd-${n}`, room: 'den', expiresAt: NOW + HOUR });
  const gauged = withCalls(harness, 'connections', {
    async removeFromRoom(...asked) {
      await pass();
      return harness.connections.removeFromRoom(...asked);
    },
  });

  await finish(harness, closeToOutsiders(gauged, 'den'));

  expect(gauge).toMatchObject({ most: 100, calls: 500 });
});

it('sets of reactions are read up to their limit, however many pages the database makes of them', async () => {
  const limits: number[] = [];
  const store = createReactionStore(
    {
      async call(_operation, { Limit }) {
        if (Number(Limit) < 1) throw new Error('DynamoDB reads a row at least.');
        limits.push(Number(Limit));
        const Items = range(1, Math.min(300, Number(Limit))).map((n) => ({ user: `user-${n}` }));
        return { Items, LastEvaluatedKey: { room: 'den', seq: limits.length } };
      },
    },
    'T',
  );

  expect(await store.readSets('den', 1, 1_000)).toHaveLength(1_000);

  expect(limits).toEqual([1_000, 700, 400, 100]);
});

/** Each look takes two seconds. */
function createSlowClock() {
  let now = NOW;
  return () => (now += 2_000);
}
