import type { Requester } from '../../lib/auth/requester';
import { type BanPage, LIMITS, type MemberPage, parseServerFrame, type User } from '../../lib/protocol';
import { byteLength } from '../../lib/protocol/byteLength';
import { ann, bob, connect, createHarness, type Harness, HOUR, LEASE_MS, NOW } from './harness';
import { ask, readPages } from './roomOfTwo';

const mo: User = { id: 'mo', name: 'Mo' };
/** The longest id and the longest name, each of characters that take most bytes in a frame. */
const longest = (i: number): User => ({
  id: String(i).padEnd(128, '"'),
  name: '🦄'.repeat(LIMITS.nameCharacters),
  role: '"'.repeat(32),
});

const listBans = (harness: Harness, who: Requester, room = 'den'): Promise<BanPage[]> =>
  readPages(harness, who, 'bans', { action: 'getBans', room });

const listMembers = (harness: Harness, who: Requester): Promise<MemberPage[]> =>
  readPages(harness, who, 'members', { action: 'getMembers', room: 'den' });

const sizesOf = (pages: readonly object[]) => pages.map((page) => byteLength(JSON.stringify(page)));

describe('the list of bans', () => {
  it('tells a moderator that is no member of a user, of the end and of the giver', async () => {
    const harness = createHarness();
    const moderator = await connect(harness, 'mo-1', mo);
    await connect(harness, 'ann-1', ann, ['den', 'attic']);

    await ask(harness, moderator, { action: 'kick', room: 'den', user: 'ann', forMs: HOUR });

    const [page] = await listBans(harness, moderator);
    expect(page).toEqual({
      type: 'bans',
      room: 'den',
      bans: [{ user: ann, by: mo, at: expect.any(Number), until: expect.any(Number) }],
    });
    expect(parseServerFrame(JSON.stringify(page))).toEqual(page);
    expect(await listBans(harness, moderator, 'attic')).toMatchObject([{ bans: [] }]);
  });

  it('no longer has a ban that was lifted, or is over', async () => {
    const harness = createHarness();
    const moderator = await connect(harness, 'mo-1', mo);
    for (const user of [ann, bob]) {
      await connect(harness, `${user.id}-1`, user, ['den']);
      await ask(harness, moderator, { action: 'kick', room: 'den', user: user.id, forMs: 60_000 });
    }

    await ask(harness, moderator, { action: 'unban', room: 'den', user: 'ann' });

    expect(await listBans(harness, moderator)).toMatchObject([{ bans: [{ user: bob }] }]);
    await harness.clock.runUntil(NOW + 120_000);
    expect(await listBans(harness, moderator)).toMatchObject([{ bans: [] }]);
  });

  it('fits into frames however long the names are', async () => {
    const harness = createHarness();
    const moderator = await connect(harness, 'mo-1', mo);
    for (let i = 0; i < 60; i++) {
      const user = longest(i);
      await harness.roomBans.add(user.id, 'den', NOW + HOUR);
      await harness.users.addBan(user.id, { room: 'den', until: NOW + HOUR, by: longest(99) }, NOW);
      await harness.roomBans.nameUser(user, 'den');
    }

    const pages = await listBans(harness, moderator);

    expect(pages.flatMap(({ bans }) => bans)).toHaveLength(60);
    expect(Math.max(...sizesOf(pages))).toBeLessThanOrEqual(LIMITS.serverFrameBytes);
  });
});

describe('the list of members', () => {
  it('counts the devices of each user, a replaced connection with its replacement', async () => {
    const harness = createHarness();
    const moderator = await connect(harness, 'mo-1', mo);
    await connect(harness, 'bob-1', bob, ['den']);
    await harness.clock.runUntil(NOW + 10_000);
    for (const [id, session] of [
      ['ann-1', 'phone-session'],
      ['ann-2', 'phone-session'],
      ['ann-3', 'laptop-session'],
    ] as const) {
      const opened = { id, user: ann, expiresAt: NOW + HOUR, session };
      await harness.connections.open(opened, harness.clock.now() + LEASE_MS);
      await harness.members.add({ ...opened, room: 'den' });
      await harness.clock.runUntil(harness.clock.now() + 1_000);
    }

    const [page] = await listMembers(harness, moderator);

    expect(page).toEqual({
      type: 'members',
      room: 'den',
      members: expect.arrayContaining([
        { user: ann, devices: 2, since: NOW + 10_000 },
        { user: bob, devices: 1, since: NOW },
      ]),
    });
    expect(page?.members).toHaveLength(2);
    expect(parseServerFrame(JSON.stringify(page))).toEqual(page);
  });

  it('leaves out connections that gave no sign of life, and those whose token has expired', async () => {
    const harness = createHarness();
    await connect(harness, 'ann-1', ann, ['den']);
    await connect(harness, 'bob-1', bob, ['den'], NOW + 1_000);
    await harness.clock.runUntil(NOW + LEASE_MS + 1);
    const moderator = await connect(harness, 'mo-1', mo, ['den']);

    expect(await listMembers(harness, moderator)).toMatchObject([{ members: [{ user: mo, devices: 1 }] }]);
  });

  it('has every member of a room above 100, in frames that hold the longest names', async () => {
    const harness = createHarness();
    const moderator = await connect(harness, 'mo-1', mo);
    for (let i = 0; i < 130; i++) await connect(harness, `c-${i}`, longest(i), ['den']);

    const pages = await listMembers(harness, moderator);

    expect(pages.flatMap(({ members }) => members)).toHaveLength(130);
    expect(Math.max(...sizesOf(pages))).toBeLessThanOrEqual(LIMITS.serverFrameBytes);
  });
});

it.each(['getBans', 'getMembers'])(
  '%s is refused without the right, and read only once charged',
  async (action) => {
    const harness = createHarness();
    const who = await connect(harness, 'mo-1', mo, ['den']);
    const read = jest.spyOn(harness.members, 'readPage');
    const readBans = jest.spyOn(harness.roomBans, 'readPage');

    const forbidden = await ask(harness, { ...who, permissions: 'den:rw *:rwm' }, { action, room: 'den' });
    const closed = await ask(harness, { ...who, id: 'gone-1' }, { action, room: 'den' });

    expect(forbidden).toMatchObject({ type: 'error', code: 'forbidden', action });
    expect(closed).toMatchObject({ type: 'error', code: 'expired', action });
    expect(read).not.toHaveBeenCalled();
    expect(readBans).not.toHaveBeenCalled();
  },
);
