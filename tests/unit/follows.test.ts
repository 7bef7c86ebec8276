import type { Requester } from '../../lib/auth/requester';
import { LIMITS, parseServerFrame, type RoomPage, type User } from '../../lib/protocol';
import { byteLength } from '../../lib/protocol/byteLength';
import { ann, bob, connect, createHarness, fill, type Harness, HOUR, NOW, range } from './harness';
import { ask, readPages } from './roomOfTwo';

const DAY = 24 * HOUR;

const pagesOf = (harness: Harness, who: Requester): Promise<RoomPage[]> =>
  readPages(harness, who, 'rooms', { action: 'getRooms' });

const namesIn = (pages: readonly RoomPage[]) => pages.flatMap(({ rooms }) => rooms.map(({ room }) => room));

describe('a room that a user follows', () => {
  it('is on the list of each device, and the other devices alone are told', async () => {
    const harness = createHarness();
    const laptop = await connect(harness, 'ann-1', ann);
    const phone = await connect(harness, 'ann-2', ann);
    await connect(harness, 'bob-1', bob, ['den']);

    expect(await ask(harness, laptop, { action: 'follow', room: 'den' })).toMatchObject({
      ...{ type: 'ok', action: 'follow', room: 'den' },
    });
    await ask(harness, laptop, { action: 'follow', room: 'den' });
    expect(await pagesOf(harness, phone)).toEqual([
      { type: 'rooms', rooms: [{ room: 'den', since: NOW, head: 0, unread: 0 }] },
    ]);
    await ask(harness, phone, { action: 'unfollow', room: 'den' });
    await ask(harness, phone, { action: 'unfollow', room: 'den' });

    expect(namesIn(await pagesOf(harness, laptop))).toEqual([]);
    expect(harness.posts.map(({ to, frame }) => ({ to, frame }))).toEqual([
      { to: 'ann-2', frame: { type: 'roomAdded', room: 'den', since: NOW } },
      { to: 'ann-1', frame: { type: 'roomRemoved', room: 'den' } },
    ]);
  });

  it('shows its head, and the message that the newest entry is or is about', async () => {
    const harness = createHarness();
    const who = await connect(harness, 'ann-1', ann);
    fill(harness, 'den', [1, { seq: 2, text: '🦄'.repeat(200) }]);
    for (const room of ['attic', 'den']) await ask(harness, who, { action: 'follow', room });

    const [page] = await pagesOf(harness, who);

    expect(page?.rooms).toEqual([
      { room: 'attic', since: NOW, head: 0, unread: 0 },
      {
        ...{ room: 'den', since: NOW, head: 2, at: NOW },
        last: { seq: 2, at: NOW, from: bob, text: '🦄'.repeat(100) },
        unread: 2,
      },
    ]);
    expect(parseServerFrame(JSON.stringify(page))).toEqual(page);
    const edit = { type: 'edited', seq: 3, id: 'edit-0001', of: 1, text: 'new words', from: bob } as const;
    await harness.log.put('den', { ...edit, at: NOW + 1 }, undefined, 2);
    expect((await pagesOf(harness, who))[0]?.rooms[1]).toMatchObject({
      ...{ head: 3, at: NOW + 1, last: { seq: 1, text: 'new words' } },
    });
    const deletion = { type: 'deleted', seq: 4, id: 'gone-0001', of: 2, by: 'author', from: bob } as const;
    await harness.log.put('den', { ...deletion, at: NOW + 2 }, undefined, 2);
    expect((await pagesOf(harness, who))[0]?.rooms[1]).toEqual({
      ...{ room: 'den', since: NOW, head: 4, at: NOW + 2, unread: 1 },
    });
  });

  it('shows nothing of its log to a user without the right or under a ban', async () => {
    const harness = createHarness();
    const who = await connect(harness, 'ann-1', ann);
    for (const room of ['attic', 'den', 'hall']) {
      fill(harness, room, [1]);
      await ask(harness, who, { action: 'follow', room });
    }
    const read = jest.spyOn(harness.messageCounts, 'readNewest');
    await harness.users.addBan('ann', { room: 'den', until: NOW + HOUR }, NOW);

    const [page] = await pagesOf(harness, { ...who, permissions: '*:rw attic:w' });

    expect(page?.rooms).toEqual([
      { room: 'attic', since: NOW },
      { room: 'den', since: NOW },
      expect.objectContaining({ room: 'hall', head: 1 }),
    ]);
    expect(read.mock.calls.map(([room]) => room)).not.toContain('attic');
  });

  it.each(['den', '*'])('shows nothing that is written after its user is banned from %s', async (from) => {
    const harness = createHarness();
    const who = await connect(harness, 'ann-1', ann);
    await ask(harness, who, { action: 'follow', room: 'den' });
    const { readNewest } = harness.messageCounts;
    harness.messageCounts.readNewest = async (...asked) => {
      await harness.users.addBan('ann', { room: from, until: NOW + HOUR }, NOW);
      fill(harness, 'den', [{ seq: 1, text: 'a secret' }]);
      return readNewest(...asked);
    };

    expect((await pagesOf(harness, who))[0]?.rooms).toEqual([{ room: 'den', since: NOW }]);
  });
});

it('lists by name in pages that hold the longest names and previews', async () => {
  const harness = createHarness();
  const who = await connect(harness, 'ann-1', ann);
  const from: User = { id: '"'.repeat(128), name: '🦄'.repeat(LIMITS.nameCharacters), role: '"'.repeat(32) };
  const rooms = range(1, 60).map((i) => `room-${String(i).padStart(2, '0')}`.padEnd(64, 'x'));
  for (const room of rooms) {
    fill(harness, room, [{ seq: 1, from, text: '🦄'.repeat(LIMITS.textCharacters) }]);
    const row = { room, since: NOW, with: '"'.repeat(128) };
    await harness.follows.add('ann', row, LIMITS.followsPerUser, NOW);
  }

  const pages = await pagesOf(harness, who);

  expect(namesIn(pages)).toEqual(rooms);
  for (const page of pages)
    expect(byteLength(JSON.stringify(page))).toBeLessThanOrEqual(LIMITS.serverFrameBytes);
});

it('refuses a room above the limit, which an unfollowed one makes place for', async () => {
  const harness = createHarness();
  const who = await connect(harness, 'ann-1', ann);
  for (const i of range(1, LIMITS.followsPerUser))
    await harness.follows.add('ann', { room: `room-${i}`, since: NOW }, LIMITS.followsPerUser, NOW);

  expect(await ask(harness, who, { action: 'follow', room: 'den' })).toMatchObject({
    ...{ type: 'error', code: 'tooMany', action: 'follow' },
  });
  expect(await ask(harness, who, { action: 'follow', room: 'room-1' })).toMatchObject({ type: 'ok' });
  await ask(harness, who, { action: 'unfollow', room: 'room-1' });
  expect(await ask(harness, who, { action: 'follow', room: 'den' })).toMatchObject({ type: 'ok' });
});

it('expires for a guest who stays away for 90 days, and for nobody else', async () => {
  const harness = createHarness();
  const guest: User = { id: 'guest:1', name: 'Gus' };
  const follow = async (user: User) => {
    const who = await connect(harness, `${user.id}-1`, user, [], NOW + 400 * DAY);
    await ask(harness, who, { action: 'follow', room: 'den' });
    return who;
  };
  const [looker, user] = [await follow(guest), await follow(ann)];
  await follow({ id: 'guest:2', name: 'Gil' });

  await harness.clock.runUntil(NOW + 60 * DAY);
  expect(namesIn(await pagesOf(harness, looker))).toEqual(['den']);
  await harness.clock.runUntil(NOW + 100 * DAY);

  expect(namesIn(await pagesOf(harness, looker))).toEqual(['den']);
  expect(namesIn(await pagesOf(harness, user))).toEqual(['den']);
  expect(await harness.follows.readPage('guest:2', undefined, 9, NOW + 100 * DAY)).toEqual({ follows: [] });
});

it.each([{ action: 'follow', room: 'den' }, { action: 'unfollow', room: 'den' }, { action: 'getRooms' }])(
  '$action is carried out only once charged, and with the right to read where it needs one',
  async (frame) => {
    const harness = createHarness();
    const who = await connect(harness, 'ann-1', ann);
    const spies = (['add', 'remove', 'readPage'] as const).map((name) => jest.spyOn(harness.follows, name));
    const needsRight = frame.action === 'follow';

    expect(await ask(harness, { ...who, id: 'gone-1' }, frame)).toMatchObject({ code: 'expired' });
    for (const spy of spies) expect(spy).not.toHaveBeenCalled();
    const reply = await ask(harness, { ...who, permissions: 'den:w' }, frame);
    expect(reply.type === 'error' && reply.code === 'forbidden').toBe(needsRight);
  },
);
