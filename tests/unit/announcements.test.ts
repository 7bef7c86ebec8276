import { handleRoomAction } from '../../lib/actions/routes';
import type { Requester } from '../../lib/auth/requester';
import { removeClosedConnection } from '../../lib/connections/removeClosedConnections';
import { ann, bob, connect, createHarness, finish, type Harness, range } from './harness';

const rooms = range(1, 50).map((n) => `room-${n}`);

/** The most frames about joins and leaves that a connection got within ten seconds. */
function worstTenSeconds({ posts }: Harness, to: string): number {
  const times = posts.filter((post) => post.to === to && 'member' in post.frame).map(({ at }) => at);
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + 10_000).length));
}

const ask = (harness: Harness, who: Requester, frame: object) =>
  finish(harness, handleRoomAction(harness, who, JSON.stringify(frame)));

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
