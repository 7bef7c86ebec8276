import { handleSendMessage } from '../../lib/actions/routes';
import type { Requester } from '../../lib/auth/requester';
import { openConnection } from '../../lib/connections/openConnection';
import { removeUserEverywhere, removeUserFromRoom } from '../../lib/moderation/removeUser';
import { parseBanCommand, runBanCommand } from '../../lib/operator/banCommand';
import { Unavailable } from '../../lib/ports/unavailable';
import type { SystemEntry } from '../../lib/protocol';
import {
  ann,
  anotherContainer,
  bob,
  connect,
  createHarness,
  fill,
  finish,
  type Harness,
  HOUR,
  LEASE_MS,
  membersIn,
  NOW,
  unavailable,
  withCalls,
} from './harness';
import { ask } from './roomOfTwo';

const moderator = { id: 'mo', name: 'Mo' };
const order = { user: 'ann', until: NOW + HOUR };

const say = (id: string, after: number) => ({ action: 'sendMessage', room: 'den', id, text: 'hi', after });

async function joinedRoom() {
  const harness = createHarness();
  fill(harness, 'den', [1, 2]);
  return {
    harness,
    first: await connect(harness, 'ann-1', ann, ['den', 'attic']),
    second: await connect(harness, 'ann-2', ann, ['den']),
    other: await connect(harness, 'bob-1', bob, ['den']),
    mo: await connect(harness, 'mo-1', moderator),
  };
}

const kicksIn = (harness: Harness, room: string) =>
  (harness.rows.get(room) ?? []).flatMap((row) => (row?.entry.type === 'system' ? [row.entry] : []));

const postsTo = (harness: Harness, id: string) =>
  harness.posts.filter(({ to }) => to === id).map(({ frame }) => frame.type);

describe('a kick', () => {
  it('puts every connection of the user out, writes it down, and tells everybody', async () => {
    const { harness, first, second, mo } = await joinedRoom();

    expect(await ask(harness, mo, { action: 'kick', room: 'den', user: 'ann' })).toEqual({
      type: 'ok',
      action: 'kick',
      room: 'den',
    });

    expect(kicksIn(harness, 'den')).toMatchObject([{ seq: 3, what: 'kicked', user: ann, by: moderator }]);
    for (const id of ['ann-1', 'ann-2']) expect(postsTo(harness, id)).toEqual(['system']);
    expect(postsTo(harness, 'bob-1').sort()).toEqual(['memberLeft', 'system']);
    for (const who of [first, second]) {
      expect(await ask(harness, who, say('last-word', 2))).toMatchObject({ code: 'notMember' });
      expect(await ask(harness, who, { action: 'getHistory', room: 'den' })).toMatchObject({
        code: 'notMember',
      });
      expect(await ask(harness, who, { action: 'joinRoom', room: 'den' })).toMatchObject({
        code: 'forbidden',
      });
    }
    expect(await ask(harness, first, { action: 'ping', rooms: { attic: 0, den: 0 } })).toMatchObject({
      notJoined: ['den'],
    });
  });

  it('lasts as long as it says, and no longer', async () => {
    const { harness, first, mo } = await joinedRoom();
    await ask(harness, mo, { action: 'kick', room: 'den', user: 'ann', forMs: 5_000 });
    const join = () => ask(harness, first, { action: 'joinRoom', room: 'den' });

    await harness.clock.runUntil(NOW + 4_900);
    expect(await join()).toMatchObject({ code: 'forbidden' });
    await harness.clock.runUntil(NOW + 6_000);
    expect(await join()).toMatchObject({ type: 'joined', head: 3 });

    expect(await ask(harness, first, say('first-word', 3))).toMatchObject({ type: 'ack', seq: 4 });
  });

  it('of a user who has gone is written down all the same', async () => {
    const { harness, mo } = await joinedRoom();
    await harness.users.addConnection('cara', 'cara-1', 5, NOW);
    await harness.users.removeConnections('cara', ['cara-1']);

    await ask(harness, mo, { action: 'kick', room: 'den', user: 'cara' });

    expect(kicksIn(harness, 'den')).toMatchObject([{ user: { id: 'cara', name: 'cara' } }]);
    expect(postsTo(harness, 'bob-1')).toEqual(['system']);
  });

  it('of an id that no user has is refused, and writes nothing', async () => {
    const { harness, mo } = await joinedRoom();

    expect(await ask(harness, mo, { action: 'kick', room: 'den', user: 'BUY_NOW' })).toMatchObject({
      code: 'badField',
      message: expect.stringMatching(/^"user" must be the id of a user who has been here/),
    });

    expect(kicksIn(harness, 'den')).toEqual([]);
    expect(await harness.users.findBan('BUY_NOW', ['den'], NOW)).toBeUndefined();
  });

  it.each([
    ['kick', { permissions: 'den:rw' }],
    ['unban', { permissions: 'den:rw attic:m' }],
  ])('%s needs the right to moderate that very room', async (action, given) => {
    const { harness, mo } = await joinedRoom();

    expect(await ask(harness, { ...mo, ...given }, { action, room: 'den', user: 'ann' })).toMatchObject({
      code: 'forbidden',
    });

    expect(kicksIn(harness, 'den')).toEqual([]);
  });

  it.each([
    ['no user', { user: undefined }],
    ['a user with a space', { user: 'an n' }],
    ['no time at all', { forMs: 0 }],
    ['more than a year', { forMs: 400 * 24 * HOUR }],
    ['a reason', { reason: 'spam' }],
  ])('with %s is refused', async (_name, given) => {
    const { harness, mo } = await joinedRoom();

    expect(await ask(harness, mo, { action: 'kick', room: 'den', user: 'ann', ...given })).toMatchObject({
      code: 'badField',
    });
  });
});

describe('a kick that broke off', () => {
  it('after its entry was written, before that was answered, is done', async () => {
    const { harness, mo } = await joinedRoom();
    let losesReply = true;
    const losing = withCalls(harness, 'log', {
      async put(room, entry) {
        const outcome = await harness.log.put(room, entry);
        if (losesReply) {
          losesReply = false;
          throw new Unavailable('no reply');
        }
        return outcome;
      },
    });

    expect(await ask(losing, mo, { action: 'kick', room: 'den', user: 'ann' })).toMatchObject({ type: 'ok' });

    expect(kicksIn(harness, 'den')).toHaveLength(1);
    expect(postsTo(harness, 'bob-1').sort()).toEqual(['memberLeft', 'system']);
    expect(postsTo(harness, 'ann-1')).toEqual(['system']);
  });

  it('is done although the name of its user could not be noted', async () => {
    const { harness, mo } = await joinedRoom();
    const nameless = withCalls(harness, 'roomBans', { nameUser: unavailable });

    expect(await ask(nameless, mo, { action: 'kick', room: 'den', user: 'ann' })).toMatchObject({
      type: 'ok',
    });

    expect(kicksIn(harness, 'den')).toHaveLength(1);
  });

  it('before its entry was written is completed by a repeat, which tells everybody', async () => {
    const { harness, mo } = await joinedRoom();
    const broken = withCalls(harness, 'log', { put: unavailable });
    expect(await ask(broken, mo, { action: 'kick', room: 'den', user: 'ann' })).toMatchObject({
      code: 'unavailable',
    });

    expect(await ask(harness, mo, { action: 'kick', room: 'den', user: 'ann' })).toMatchObject({
      type: 'ok',
    });

    expect(postsTo(harness, 'bob-1').sort()).toEqual(['memberLeft', 'system']);
    for (const id of ['ann-1', 'ann-2']) expect(postsTo(harness, id)).toEqual(['system']);
  });
});

describe('nothing gets past a kick', () => {
  it('a send of who was let in again is written', async () => {
    const { harness, first, mo } = await joinedRoom();
    await ask(harness, mo, { action: 'kick', room: 'den', user: 'ann' });
    await ask(harness, mo, { action: 'unban', room: 'den', user: 'ann' });
    await ask(harness, first, { action: 'joinRoom', room: 'den' });

    expect(await ask(anotherContainer(harness), first, say('first-word', 2))).toMatchObject({
      type: 'ack',
      seq: 4,
    });
  });

  it.each(['joinRoom', 'getHistory'])('no page that a %s reads after it', async (action) => {
    const { harness, first, other } = await joinedRoom();
    const zombie = withCalls(harness, 'log', {
      async readBackward(...asked) {
        await removeUserFromRoom(harness, 'den', order);
        await handleSendMessage(harness, other, JSON.stringify(say('among-us', 2)));
        return harness.log.readBackward(...asked);
      },
    });

    const reply = await ask(zombie, first, { action, room: 'den' });

    expect(reply).toMatchObject({ type: 'error', code: 'notMember' });
    expect(postsTo(harness, 'ann-1')).toEqual(['system']);
  });

  it('no pardon that was asked for before it', async () => {
    const { harness, first } = await joinedRoom();
    await removeUserFromRoom(harness, 'den', { user: 'ann', until: NOW });
    const zombie = withCalls(harness, 'users', {
      async findBan(...asked) {
        const until = await harness.users.findBan(...asked);
        await removeUserFromRoom(harness, 'den', order);
        return until;
      },
    });

    expect(await ask(zombie, first, { action: 'joinRoom', room: 'den' })).toMatchObject({
      code: 'forbidden',
    });
  });
});

describe('a kick that could not remove a member row', () => {
  async function kickedHalfway() {
    const room = await joinedRoom();
    const { harness, mo } = room;
    const broken = withCalls(harness, 'members', { tombstone: unavailable });
    expect(await ask(broken, mo, { action: 'kick', room: 'den', user: 'ann' })).toMatchObject({
      code: 'unavailable',
    });
    expect(await membersIn(harness, 'den')).toContain('ann-1');
    return room;
  }

  it('leaves it to the next join of its connection, which is refused', async () => {
    const { harness, first } = await kickedHalfway();

    expect(await ask(harness, first, { action: 'joinRoom', room: 'den' })).toMatchObject({
      code: 'forbidden',
    });

    expect(await membersIn(harness, 'den')).not.toContain('ann-1');
  });

  it('leaves it to a ban from everywhere and to the end of the connection', async () => {
    const { harness } = await kickedHalfway();

    await finish(harness, removeUserEverywhere(harness, order));

    expect(await membersIn(harness, 'den')).toEqual(['bob-1']);
    expect((await harness.connections.close('ann-1'))?.rooms).toContain('den');
  });
});

describe('a ban from everywhere', () => {
  it('ends every right, tells every room, and closes every socket', async () => {
    const { harness, first } = await joinedRoom();

    await finish(harness, removeUserEverywhere(harness, order));

    for (const room of ['den', 'attic'])
      expect(kicksIn(harness, room)).toMatchObject([{ what: 'kicked', user: ann }]);
    expect((kicksIn(harness, 'den') as SystemEntry[])[0]).not.toHaveProperty('by');
    expect(harness.closed.sort()).toEqual(['ann-1', 'ann-2']);
    expect(await ask(harness, first, say('last-word', 2))).toMatchObject({ code: 'expired' });
    expect(await ask(harness, first, { action: 'joinRoom', room: 'cellar' })).toMatchObject({
      code: 'expired',
    });
  });

  it('finds a room whose leave broke off', async () => {
    const { harness, first } = await joinedRoom();
    const broken = withCalls(harness, 'members', { remove: unavailable });
    await ask(broken, first, { action: 'leaveRoom', room: 'attic' });

    await finish(harness, removeUserEverywhere(harness, order));

    expect(await membersIn(harness, 'attic')).toEqual([]);
  });

  it.each([
    ['members', 'tombstone'],
    ['log', 'put'],
  ] as const)('closes every socket though %s.%s fails', async (port, call) => {
    const { harness } = await joinedRoom();
    const broken = withCalls(harness, port, { [call]: unavailable });

    await expect(finish(harness, removeUserEverywhere(broken, order))).rejects.toThrow(Unavailable);

    expect(harness.closed.sort()).toEqual(['ann-1', 'ann-2']);
  });

  it('can be done again after it broke off', async () => {
    const { harness } = await joinedRoom();
    const breaking = withCalls(harness, 'members', { tombstone: () => Promise.reject(new Error('Killed.')) });
    await finish(harness, removeUserEverywhere(breaking, order)).catch(() => {});

    await finish(harness, removeUserEverywhere(harness, order));

    expect(await membersIn(harness, 'den')).toEqual(['bob-1']);
    expect(kicksIn(harness, 'attic')).toHaveLength(1);
  });

  it('asks a socket to close until it is closed, and says so when it may still be open', async () => {
    const { harness } = await joinedRoom();
    const { close } = harness.poster;
    const asked: string[] = [];
    let refusals = 3;
    harness.poster.close = async (id) => {
      asked.push(id);
      return id === 'ann-2' && refusals-- > 0 ? 'throttled' : close(id);
    };

    await finish(harness, removeUserEverywhere(harness, order));
    expect(harness.clock.now()).toBeGreaterThan(NOW);
    expect(harness.closed.sort()).toEqual(['ann-1', 'ann-2']);
    expect(asked.filter((id) => id === 'ann-1')).toHaveLength(1);

    refusals = 4;
    await expect(finish(harness, removeUserEverywhere(harness, order))).rejects.toThrow(Unavailable);
  });
});

describe('opening a connection', () => {
  const open = (harness: Harness, id: string, user = ann) =>
    openConnection({ ...harness, maxConnections: 5, leaseMs: LEASE_MS }, { id, user, expiresAt: NOW + HOUR });

  it('is open to five connections of a user, and to other users', async () => {
    const harness = createHarness();

    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, i) => open(harness, `ann-${i}`)));

    expect(outcomes.filter((outcome) => outcome === 'opened')).toHaveLength(5);
    expect(outcomes.filter((outcome) => outcome === 'tooMany')).toHaveLength(15);
    expect(await open(harness, 'bob-1', bob)).toBe('opened');
  });

  it.each<[string, (harness: Harness) => unknown]>([
    ['closed', (harness) => harness.connections.close('ann-0')],
    [
      'silent for too long',
      async (harness) => {
        await harness.clock.runUntil(NOW + 91_000);
        for (let i = 1; i < 5; i++)
          await harness.connections.renewLease(
            `ann-${i}`,
            { bucket: 'syncs', now: NOW, costMs: 0, burstMs: 1 },
            NOW + HOUR,
          );
      },
    ],
  ])('opens again where one is %s', async (_name, end) => {
    const harness = createHarness();
    for (let i = 0; i < 5; i++) await open(harness, `ann-${i}`);
    await end(harness);

    expect(await open(harness, 'ann-5')).toBe('opened');

    expect(await open(harness, 'ann-6')).toBe('tooMany');
    expect(await harness.connections.close('ann-0')).toBeUndefined();
  });

  it('leaves no socket behind that a kick would not find, though making room for another broke off', async () => {
    const harness = createHarness();
    const mo = await connect(harness, 'mo-1', moderator, ['den']);
    await connect(harness, 'ann-1', ann, ['den']);
    let fails = true;
    const failing = withCalls(harness, 'members', {
      async tombstone(...asked) {
        if (fails) throw new Unavailable('no reply');
        return harness.members.tombstone(...asked);
      },
    });
    await harness.clock.runUntil(harness.clock.now() + LEASE_MS);
    const open = (id: string) =>
      openConnection(
        { ...failing, maxConnections: 1, leaseMs: LEASE_MS },
        { id, user: ann, expiresAt: NOW + HOUR },
      );
    await expect(open('ann-2')).rejects.toBeInstanceOf(Unavailable);
    fails = false;
    expect(await open('ann-3')).toBe('opened');
    await ask(harness, mo, { action: 'kick', room: 'den', user: 'ann' });
    harness.posts.length = 0;

    await ask(harness, mo, say('after-kick', 1));

    expect(postsTo(harness, 'ann-1')).toEqual([]);
  });

  it('stays shut for who is banned from everywhere, and leaves no trace of the attempt', async () => {
    const harness = createHarness();
    await removeUserEverywhere(harness, order);

    expect(await open(harness, 'ann-1')).toBe('banned');

    expect(await harness.connections.close('ann-1')).toBeUndefined();
    expect(await open(harness, 'bob-1', bob)).toBe('opened');
    await runBanCommand(harness, { order: 'unban', user: 'ann' });
    expect(await open(harness, 'ann-2')).toBe('opened');
  });

  it('is not said to be possible again before the ban is gone', async () => {
    const harness = createHarness();
    const failing = withCalls(harness, 'users', { removeBan: unavailable });

    await expect(runBanCommand(failing, { order: 'unban', user: 'ann' })).rejects.toThrow(Unavailable);
  });

  it('lets in who is banned from a room, but not into that room', async () => {
    const harness = createHarness();
    await removeUserFromRoom(harness, 'den', order);
    expect(await open(harness, 'ann-1')).toBe('opened');
    const who: Requester = { id: 'ann-1', user: ann, expiresAt: NOW + HOUR, permissions: '*:rw' };

    expect(await ask(harness, who, { action: 'joinRoom', room: 'den' })).toMatchObject({ code: 'forbidden' });
    expect(await ask(harness, who, { action: 'joinRoom', room: 'attic' })).toMatchObject({ type: 'joined' });
  });
});

describe('an order', () => {
  it.each([
    [{ order: 'ban', user: 'ann', room: 'den', forMs: 60_000 }, 'ann is kept out of the room den until'],
    [{ order: 'ban', user: 'ann' }, 'ann is kept out of every room until'],
    [{ order: 'ban', user: 'cara', isNew: true }, 'cara is kept out of every room until'],
    [{ order: 'unban', user: 'ann', room: 'den' }, 'ann is let into the room den again.'],
    [{ order: 'unban', user: 'ann' }, 'ann is let into every room again.'],
  ])('%j is carried out', async (given, expected) => {
    const harness = createHarness();
    await harness.users.addConnection('ann', 'ann-1', 5, NOW);

    expect(await finish(harness, runBanCommand(harness, parseBanCommand(given)))).toContain(expected);
  });

  it.each([
    ['everywhere', undefined, [true, true]],
    ['from one room', 'den', [true, false]],
  ])('bans a user %s', async (_name, room, expected) => {
    const harness = createHarness();
    await harness.users.addConnection('ann', 'ann-1', 5, NOW);

    await finish(
      harness,
      runBanCommand(harness, parseBanCommand({ order: 'ban', user: 'ann', ...(room && { room }) })),
    );

    const bans = await Promise.all(
      ['den', 'attic'].map((each) => harness.users.findBan('ann', [each, '*'], NOW)),
    );
    expect(bans.map((until) => until !== undefined)).toEqual(expected);
  });

  it('about an id that no user has is refused, and bans nobody', async () => {
    const harness = createHarness();

    await expect(runBanCommand(harness, parseBanCommand({ order: 'ban', user: 'Mallory' }))).rejects.toThrow(
      'No user Mallory has been here.',
    );
    expect(await harness.users.findBan('Mallory', ['*'], NOW)).toBeUndefined();
  });

  it.each<[unknown, string]>([
    [undefined, '"user" must be'],
    ['ban', '"user" must be'],
    [{ order: 'ban', user: 'a b' }, '"user" must be'],
    [{ order: 'kick', user: 'ann' }, '"order" must be ban, unban, mute or setRoom'],
    [{ order: 'ban', user: 'ann', room: '*' }, 'A room must be'],
    [{ order: 'ban', user: 'ann', forMs: 1 }, '"forMs" must be'],
    [{ order: 'ban', user: 'ann', forMs: '60000' }, '"forMs" must be'],
    [{ order: 'ban', user: 'ann', isNew: 'yes' }, '"isNew" must be'],
  ])('%j is refused', (given, expected) => {
    expect(() => parseBanCommand(given)).toThrow(expected);
  });
});

it('a handshake beside others that take each place made free is refused after eight attempts', async () => {
  const harness = createHarness();
  const tooMany = { kind: 'tooMany' as const, connections: ['silent'] };
  const add = jest.spyOn(harness.users, 'addConnection').mockResolvedValue(tooMany);
  jest.spyOn(harness.users, 'replaceConnections').mockResolvedValue(tooMany);

  const context = { ...harness, maxConnections: 5, leaseMs: LEASE_MS };
  const handshake = { id: 'ann-1', user: ann, expiresAt: NOW + HOUR };

  expect(await openConnection(context, handshake)).toBe('tooMany');
  expect(add).toHaveBeenCalledTimes(8);
});
