import type { Requester } from '../../lib/auth/requester';
import {
  removeClosedConnection,
  removeClosedConnections,
} from '../../lib/connections/removeClosedConnections';
import { endGuest } from '../../lib/moderation/endGuest';
import {
  ann,
  bob,
  connect,
  createHarness,
  finish,
  type Harness,
  HOUR,
  LEASE_MS,
  NOW,
  range,
} from './harness';
import { ask } from './roomOfTwo';

const rooms = range(1, 50).map((n) => `room-${n}`);

/** The most frames about joins and leaves that a connection got within ten seconds. */
function worstTenSeconds({ posts }: Harness, to: string): number {
  const times = posts.filter((post) => post.to === to && 'member' in post.frame).map(({ at }) => at);
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + 10_000).length));
}

it.each<[string, (harness: Harness, number: number) => Promise<void>]>([
  [
    'joins and leaves one room',
    async (harness, number) => {
      const id = 'ann-1';
      const who = number === 0 ? await connect(harness, id, ann) : undefined;
      const requester = who ?? { id, user: ann, expiresAt: Number.MAX_SAFE_INTEGER, permissions: '*:rw' };
      await ask(harness, requester, { action: 'joinRoom', room: 'room-1' });
      await ask(harness, requester, { action: 'leaveRoom', room: 'room-1' });
    },
  ],
  [
    'connects, joins 50 rooms and closes',
    async (harness, number) => {
      const who = await connect(harness, `ann-${number}`, ann);
      for (const room of rooms) await ask(harness, who, { action: 'joinRoom', room });
      await ask(harness, who, { action: 'ping', rooms: {} });
      await finish(harness, removeClosedConnection(harness, who.id));
    },
  ],
])('a user that %s, again and again, causes ten announcements in ten seconds', async (_name, act) => {
  const harness = createHarness();
  harness.floodDetector = { countFrame: () => 'fine', countRefusal: () => 'fine' };
  await connect(harness, 'bob-1', bob, rooms);

  for (const number of range(0, 150)) {
    await act(harness, number);
    await harness.clock.runUntil(harness.clock.now() + 200);
  }

  expect(worstTenSeconds(harness, 'bob-1')).toBeLessThanOrEqual(10);
  expect(worstTenSeconds(harness, 'bob-1')).toBeGreaterThan(2);
});

it('rooms that were not told of a join are told by later pings, all of them that a member shares in one frame', async () => {
  const harness = createHarness();
  await connect(harness, 'bob-1', bob, rooms);
  const who = await connect(harness, 'ann-1', ann);
  for (const room of rooms.slice(0, 15)) await ask(harness, who, { action: 'joinRoom', room });
  const told = () =>
    harness.posts.flatMap(({ frame }) =>
      frame.type === 'memberJoined' ? [frame.room, ...(frame.rooms ?? [])] : [],
    );
  expect(told()).toHaveLength(5);

  await harness.clock.runUntil(harness.clock.now() + 30_000);
  await ask(harness, who, { action: 'ping', rooms: {} });

  expect(told().toSorted()).toEqual(rooms.slice(0, 15).toSorted());
  expect(harness.posts.filter(({ frame }) => frame.type === 'memberJoined')).toHaveLength(6);
});

it('a connection that closes tells a member of all rooms in one frame', async () => {
  const harness = createHarness();
  await connect(harness, 'bob-1', bob, ['room-1', 'room-2', 'room-3']);
  const who = await connect(harness, 'ann-1', ann, rooms);

  await finish(harness, removeClosedConnection(harness, who.id));

  expect(harness.posts.map(({ to, frame }) => ({ to, frame }))).toEqual([
    {
      to: 'bob-1',
      frame: { type: 'memberLeft', room: 'room-1', rooms: ['room-2', 'room-3'], member: ann },
    },
  ]);
});

it('a reply waits once for the announcements of all users that left', async () => {
  const harness = createHarness();
  harness.answers.set('bob-1', () => harness.clock.wait(500).then(() => 'delivered' as const));
  await connect(harness, 'bob-1', bob, ['room-1']);
  const gone = range(1, 20).map((number) => `gone-${number}`);
  for (const id of gone) await connect(harness, id, { id, name: id }, ['room-1']);

  await finish(harness, removeClosedConnections(harness, gone));

  expect(harness.posts).toHaveLength(20);
  expect(harness.clock.now() - NOW).toBeLessThan(1_000);
});

it('a room that loses all its connections is forgotten a hundred of them at a time', async () => {
  const harness = createHarness();
  const gone = range(1, 250).map((number) => `gone-${number}`);
  for (const id of gone) await connect(harness, id, { id, name: id }, ['room-1']);
  const { revoke } = harness.connections;
  let open = 0;
  let mostOpen = 0;
  jest.spyOn(harness.connections, 'revoke').mockImplementation(async (id) => {
    mostOpen = Math.max(mostOpen, ++open);
    await harness.clock.wait(5);
    open--;
    return revoke(id);
  });

  expect(await finish(harness, removeClosedConnections(harness, gone))).toHaveLength(250);

  expect(mostOpen).toBe(100);
  expect(await harness.connections.find(gone)).toEqual([]);
});

it('a connection that closes in no room costs its user no announcement', async () => {
  const harness = createHarness();
  const charge = jest.spyOn(harness.sendQuotas, 'charge');
  const who = await connect(harness, 'ann-1', ann);

  await finish(harness, removeClosedConnection(harness, who.id));

  expect(charge).not.toHaveBeenCalled();
});

it('a guest that signs out again and again is announced once in all rooms, and then at the rate of a user', async () => {
  const harness = createHarness();
  await connect(harness, 'bob-1', bob, rooms);
  await connect(harness, 'ann-1', ann, rooms);
  const signOut = () => finish(harness, endGuest(harness, ann, NOW + HOUR));
  const told = () => harness.posts.filter(({ frame }) => frame.type === 'memberLeft');

  await signOut();

  expect(told().map(({ frame }) => 'rooms' in frame && frame.rooms?.length)).toEqual([49]);

  for (let i = 0; i < 20; i++) await signOut();

  expect(told()).toHaveLength(5);
});

it('a sign-out has ended only when the others were told: a function that returned does nothing more', async () => {
  const harness = createHarness();
  await connect(harness, 'bob-1', bob, rooms);
  await connect(harness, 'ann-1', ann, rooms);
  const told: string[] = [];
  harness.answers.set('bob-1', async () => {
    await harness.clock.wait(50);
    told.push('bob-1');
    return 'delivered';
  });

  await finish(harness, endGuest(harness, ann, NOW + HOUR));

  expect(told).toEqual(['bob-1']);
});

it('a user that joins and leaves without end has to wait', async () => {
  const harness = createHarness();
  harness.floodDetector = { countFrame: () => 'fine', countRefusal: () => 'fine' };
  const tabs: Requester[] = [];
  for (const number of range(1, 5)) tabs.push(await connect(harness, `ann-${number}`, ann));
  let done = 0;

  for (const [i, who] of range(1, 200)
    .flatMap(() => tabs)
    .entries()) {
    const action = i % 2 === 0 ? 'joinRoom' : 'leaveRoom';
    const reply = await ask(harness, who, { action, room: 'room-1' });
    if (reply.type !== 'error') done++;
    else expect(reply).toMatchObject({ code: 'rateLimited', retryAfterMs: expect.any(Number) });
    await harness.clock.runUntil(harness.clock.now() + 10);
  }

  expect(done).toBeGreaterThan(300);
  expect(done).toBeLessThanOrEqual(320);
});

it('a user in fifty rooms that joins more has to wait as well', async () => {
  const harness = createHarness();
  harness.floodDetector = { countFrame: () => 'fine', countRefusal: () => 'fine' };
  const who = await connect(harness, 'ann-1', ann, rooms);
  const refused: string[] = [];

  for (const _ of range(1, 310)) {
    const reply = await ask(harness, who, { action: 'joinRoom', room: 'one-more' });
    refused.push('code' in reply ? reply.code : reply.type);
  }

  expect([refused.at(0), refused.at(-1)]).toEqual(['tooManyRooms', 'rateLimited']);
});

it('a ping tells of ten earlier joins at most', async () => {
  const harness = createHarness();
  await connect(harness, 'bob-1', bob, rooms);
  const who = await connect(harness, 'ann-1', ann, rooms);
  for (const room of rooms.slice(0, 20)) await harness.connections.noteUntold(who.id, room);

  await ask(harness, who, { action: 'ping', rooms: {} });

  const told = harness.posts.map(({ frame }) =>
    'rooms' in frame && frame.rooms ? frame.rooms.length + 1 : 1,
  );
  expect(told).toEqual([10]);
});

it('a join tells a room of ten lapsed connections at most', async () => {
  const harness = createHarness();
  for (const n of range(1, 20))
    await connect(harness, `lost-${n}`, { id: `lost-${n}`, name: 'Lost' }, ['den']);
  await harness.clock.runUntil(NOW + LEASE_MS + 1);
  await connect(harness, 'bob-1', bob, ['den']);
  const who = await connect(harness, 'ann-1', ann);

  await ask(harness, who, { action: 'joinRoom', room: 'den' });

  expect(harness.posts.filter(({ to, frame }) => to === 'bob-1' && frame.type === 'memberLeft')).toHaveLength(
    10,
  );
});
