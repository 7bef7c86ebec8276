import type { Requester } from '../../lib/auth/requester';
import { LIMITS, type User } from '../../lib/protocol';
import { ann, bob, connect, createHarness, type Harness, HOUR, NOW, range } from './harness';
import { ask } from './roomOfTwo';

const DAY = 24 * HOUR;

const open = async (harness: Harness, who: Requester, user: string) => {
  const reply = await ask(harness, who, { action: 'openDirect', user });
  if (reply.type !== 'direct') throw new Error(JSON.stringify(reply));
  return reply;
};

const followed = async (harness: Harness, user: string) =>
  (await harness.follows.readPage(user, undefined, 9, NOW)).follows;

async function openPair() {
  const harness = createHarness();
  const [one, other] = [await connect(harness, 'ann-1', ann), await connect(harness, 'bob-1', bob)];
  return { harness, one, other };
}

it('is the same room for both users and on the lists of both', async () => {
  const { harness, one, other } = await openPair();
  await connect(harness, 'ann-2', ann);

  const [a, b] = await Promise.all([open(harness, one, 'bob'), open(harness, other, 'ann')]);

  expect(a.room).toMatch(/^dm\.[0-9a-f]{50}$/);
  expect([a, b]).toEqual([
    { type: 'direct', room: a.room, with: 'bob' },
    { type: 'direct', room: a.room, with: 'ann' },
  ]);
  expect(await followed(harness, 'ann')).toMatchObject([{ room: a.room, since: NOW, with: 'bob' }]);
  expect(await followed(harness, 'bob')).toMatchObject([{ room: a.room, since: NOW, with: 'ann' }]);
  expect(await ask(harness, one, { action: 'getRooms' })).toMatchObject({
    rooms: [{ room: a.room, with: 'bob', head: 0 }],
  });
  const pushes = new Set(harness.posts.map(({ to, frame }) => `${to} ${JSON.stringify(frame)}`));
  const added = { type: 'roomAdded', room: a.room, since: NOW };
  for (const to of ['ann-1', 'ann-2'])
    expect(pushes).toContain(`${to} ${JSON.stringify({ ...added, with: 'bob' })}`);
  expect(pushes).toContain(`bob-1 ${JSON.stringify({ ...added, with: 'ann' })}`);
});

it('is closed to everybody else, a moderator of all rooms too', async () => {
  const { harness, one, other } = await openPair();
  const { room } = await open(harness, one, 'bob');
  const moderator = await connect(harness, 'mo-1', { id: 'mo', name: 'Mo' });

  for (const who of [one, other])
    expect(await ask(harness, who, { action: 'joinRoom', room })).toMatchObject({ type: 'joined' });
  for (const frame of [
    ...['joinRoom', 'getHistory', 'follow', 'getMembers'].map((action) => ({ action, room })),
    { action: 'addMember', room, user: 'mo' },
    { action: 'removeMember', room, user: 'bob' },
    { action: 'setRoom', room, private: false },
  ])
    expect(await ask(harness, moderator, frame)).toMatchObject({ type: 'error' });
});

it('that the other user unfollowed is not put on that list again', async () => {
  const { harness, one, other } = await openPair();
  const { room } = await open(harness, one, 'bob');
  await ask(harness, other, { action: 'unfollow', room });

  await open(harness, one, 'bob');
  expect(await followed(harness, 'bob')).toEqual([]);
  await open(harness, other, 'ann');
  expect(await followed(harness, 'bob')).toMatchObject([{ room, with: 'ann' }]);
});

it('of a user with oneself has one member', async () => {
  const { harness, one } = await openPair();

  const { room } = await open(harness, one, 'ann');

  expect(await followed(harness, 'ann')).toMatchObject([{ room, since: NOW, with: 'ann' }]);
  expect(await harness.memberships.findUsers(room, ['ann', 'bob'])).toEqual(new Set(['ann']));
});

it('is opened by nobody without the right to write there, and with nobody who was never here', async () => {
  const { harness, one } = await openPair();

  const refusals = [
    await ask(harness, { ...one, permissions: '*:rw dm.*:-' }, { action: 'openDirect', user: 'bob' }),
    await ask(harness, one, { action: 'openDirect', user: 'nobody' }),
    await ask(harness, { ...one, id: 'gone-1' }, { action: 'openDirect', user: 'bob' }),
  ];

  expect(refusals).toMatchObject([{ code: 'forbidden' }, { code: 'badField' }, { code: 'expired' }]);
  expect(await followed(harness, 'ann')).toEqual([]);
});

it.each([
  ['ann', LIMITS.followsPerUser],
  ['bob', 400],
])('needs a place among the rooms that %s follows', async (user, most) => {
  const { harness, one } = await openPair();
  for (const i of range(1, most))
    await harness.follows.add(user, { room: `room-${i}`, since: NOW }, LIMITS.followsPerUser, NOW);

  expect(await ask(harness, one, { action: 'openDirect', user: 'bob' })).toMatchObject({ code: 'tooMany' });

  await harness.follows.remove(user, 'room-1');
  await open(harness, one, 'bob');
});

it('keeps a guest on the list as long as any other room', async () => {
  const { harness, one } = await openPair();
  const guest: User = { id: 'guest:1', name: 'Gus' };
  const looker = await connect(harness, 'gus-1', guest, [], NOW + 400 * DAY);
  await open(harness, one, guest.id);

  await harness.clock.runUntil(NOW + 80 * DAY);
  await ask(harness, looker, { action: 'getRooms' });

  const [row] = await followed(harness, guest.id);
  expect(row).toMatchObject({ with: 'ann' });
  expect(row?.expiresAt).toBeGreaterThan(NOW + 150 * DAY);
});
