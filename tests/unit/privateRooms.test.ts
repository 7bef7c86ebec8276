import { publishAsUser } from '../../lib/actions/publishForBackEnd';
import type { Requester } from '../../lib/auth/requester';
import { Unavailable } from '../../lib/ports/unavailable';
import type { User } from '../../lib/protocol';
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
  NOW,
  range,
} from './harness';
import { askInDen as ask, type Frame } from './roomOfTwo';

const mo: User = { id: 'mo', name: 'Mo' };

const add = (user: string): Frame => ({ action: 'addMember', user });
const remove = (user: string): Frame => ({ action: 'removeMember', user });
const JOIN: Frame = { action: 'joinRoom' };
const FORBIDDEN = { type: 'error', code: 'forbidden' };
const OK = { type: 'ok' };

/** A private room with messages: a moderator and Ann are its members, and Bob is none. All may do everything else. */
async function openRoom(room = 'den') {
  const harness = createHarness();
  fill(harness, room, [{ seq: 1, text: 'a secret' }, 2, 3]);
  const [member, outsider, moderator] = [
    await connect(harness, 'ann-1', ann),
    await connect(harness, 'bob-1', bob),
    await connect(harness, 'mo-1', mo),
  ];
  await ask(harness, moderator, { action: 'setRoom', private: true });
  await ask(harness, moderator, add('ann'));
  await ask(harness, member, JOIN);
  await ask(harness, moderator, JOIN);
  harness.posts.length = 0;
  return { harness, member, outsider, moderator };
}

const post = (harness: Harness, user: User, rights = {}) =>
  finish(
    harness,
    publishAsUser(
      harness,
      user,
      { action: 'sendMessage', room: 'den', id: 'message-1', text: 'hello', after: 3 },
      { mayWrite: true, mayModerate: false, ...rights },
    ),
  );

describe('a private room', () => {
  it('lets its members in, and nobody else, whatever the patterns of a token say', async () => {
    const { harness, member, outsider } = await openRoom();

    expect(await ask(harness, member, JOIN)).toMatchObject({ type: 'joined', settings: { private: true } });
    const entered = jest.spyOn(harness.connections, 'join');
    for (const permissions of ['*:rwm', 'den:rwm', 'd*:rw']) {
      expect(await ask(harness, { ...outsider, permissions }, JOIN)).toMatchObject(FORBIDDEN);
      expect(await harness.connections.isMember('bob-1', 'den', NOW)).toBe(false);
    }
    // Else a frame of the same moment would be taken.
    expect(entered).not.toHaveBeenCalled();
    expect(await ask(harness, { ...member, permissions: 'other:rw' }, JOIN)).toMatchObject(FORBIDDEN);
  });

  it.each<Frame>([
    { action: 'getHistory' },
    { action: 'getReactions', of: 1 },
    { action: 'getDraft', of: 1, user: 'ann' },
    { action: 'typing' },
    { action: 'signal', name: 'wave' },
    { action: 'draft', of: 1, generation: 1, offset: 0, text: 'so' },
    { action: 'sendMessage', id: 'message-1', text: 'hello', after: 3 },
    { action: 'editMessage', of: 2, id: 'edit-0001', text: 'other', after: 3 },
    { action: 'deleteMessage', of: 2, id: 'deletion-1', after: 3 },
    { action: 'react', of: 1, name: 'yes', on: true, v: 1 },
    { action: 'follow' },
    { action: 'kick', user: 'ann' },
    { action: 'unban', user: 'ann' },
    { action: 'mute', user: 'ann', forMs: 1_000 },
    { action: 'setRoom', private: false },
    { action: 'setRoom', private: true },
    { action: 'addMember', user: 'bob' },
    { action: 'removeMember', user: 'ann' },
    { action: 'getBans' },
    { action: 'getMembers' },
  ])('is closed to the $action of a moderator who is no member', async (frame) => {
    const { harness, outsider, member } = await openRoom();

    const reply = await ask(harness, outsider, frame);

    expect(reply).toMatchObject({ type: 'error', code: expect.stringMatching(/^(forbidden|notMember)$/) });
    expect(harness.rows.get('den')).toHaveLength(4);
    expect(harness.posts).toEqual([]);
    expect(await harness.memberships.findUsers('den', ['ann', 'bob', 'mo'])).toEqual(new Set(['ann', 'mo']));
    expect(await ask(harness, member, { action: 'getHistory' })).toMatchObject({ type: 'history' });
  });

  it('tells nothing of its head or its last message on the list or in a pong', async () => {
    const { harness, outsider, member } = await openRoom();
    await harness.follows.add('bob', { room: 'den', since: NOW }, 500, NOW);

    expect(await ask(harness, outsider, { action: 'getRooms', room: undefined })).toEqual({
      type: 'rooms',
      rooms: [{ room: 'den', since: NOW }],
    });
    expect(
      await ask(harness, outsider, { action: 'ping', room: undefined, rooms: { den: 0 } }),
    ).toMatchObject({ behind: {}, notJoined: ['den'] });
    const listed = await ask(harness, member, { action: 'getRooms', room: undefined });
    expect(listed).toMatchObject({ rooms: [{ room: 'den', head: 3, last: { seq: 3 } }] });
  });

  it.each(['*:rw', '*:@rw'])(
    'has its title on the list of its members alone, by %s too',
    async (permissions) => {
      const { harness, moderator, outsider, member } = await openRoom();
      await harness.follows.add('bob', { room: 'den', since: NOW }, 500, NOW);
      await ask(harness, moderator, { action: 'setRoom', title: 'Plans' });
      const listFor = async (who: Requester) =>
        ask(anotherContainer(harness), { ...who, permissions }, { action: 'getRooms', room: undefined });

      expect(await listFor(member)).toMatchObject({ rooms: [{ room: 'den', title: 'Plans' }] });
      expect(await listFor(outsider)).toEqual({ type: 'rooms', rooms: [{ room: 'den', since: NOW }] });
    },
  );

  it('shows no title that is set after its user was removed', async () => {
    const { harness, moderator, member } = await openRoom();
    const elsewhere = anotherContainer(harness);
    const { readAll } = harness.roomSettings;
    elsewhere.roomSettings = {
      ...harness.roomSettings,
      async readAll(rooms) {
        await ask(harness, moderator, remove('ann'));
        await ask(harness, moderator, { action: 'setRoom', title: 'Plans' });
        await harness.follows.add('ann', { room: 'den', since: NOW }, 500, NOW);
        return readAll(rooms);
      },
    };
    await harness.follows.add('ann', { room: 'den', since: NOW }, 500, NOW);

    const listed = await ask(elsewhere, member, { action: 'getRooms', room: undefined });

    expect(JSON.stringify(listed)).not.toContain('Plans');
  });

  it('shows nothing on the list that is written after its user was removed', async () => {
    const { harness, member } = await openRoom();
    const { readNewest } = harness.messageCounts;
    harness.messageCounts.readNewest = async (room) => {
      await harness.memberships.remove('ann', 'den');
      return readNewest(room);
    };

    const listed = await ask(harness, member, { action: 'getRooms', room: undefined });

    expect(listed).toEqual({ type: 'rooms', rooms: [{ room: 'den', since: NOW }] });
  });

  it('takes a post over HTTP from its members alone, and none after their removal', async () => {
    const { harness } = await openRoom();
    expect(await post(harness, bob)).toMatchObject(FORBIDDEN);
    expect(harness.rows.get('den')).toHaveLength(4);
    expect(await post(harness, ann)).toMatchObject({ type: 'ack', seq: 4 });

    const other = await openRoom();
    const { put } = other.harness.log;
    other.harness.log.put = async (room, entry, hash) => {
      if (entry.type === 'message') {
        other.harness.log.put = put;
        await ask(anotherContainer(other.harness), other.moderator, remove('ann'));
      }
      return put(room, entry, hash);
    };
    expect(await post(other.harness, ann)).toMatchObject({ code: 'notMember' });
    expect(
      other.harness.rows
        .get('den')
        ?.slice(4)
        .map((row) => row?.entry.type),
    ).toEqual(['system']);
  });

  it('tells an outsider by HTTP nothing of its settings', async () => {
    const { harness, moderator } = await openRoom();
    await ask(harness, moderator, { action: 'setRoom', readOnly: true });

    expect(await post(anotherContainer(harness), bob)).toMatchObject(FORBIDDEN);
  });

  it('shows nothing on the list though its container forgets rules while it reads others', async () => {
    const { harness, outsider } = await openRoom();
    for (const room of ['den', 'other']) await harness.follows.add('bob', { room, since: NOW }, 500, NOW);
    harness.rulesCache.set('den', await harness.roomSettings.read('den'), NOW);
    const { readAll } = harness.roomSettings;
    harness.roomSettings.readAll = async (rooms) => {
      for (const i of range(1, 500))
        harness.rulesCache.set(`room-${i}`, { settings: {}, mutedUntil: 0 }, NOW);
      return readAll(rooms);
    };

    expect(await ask(harness, outsider, { action: 'getRooms', room: undefined })).toEqual({
      type: 'rooms',
      rooms: [{ room: 'den', since: NOW }, expect.objectContaining({ room: 'other' })],
    });
    expect(harness.rulesCache.get('den', NOW)).toBeUndefined();
  });

  it('is closed by a grant with "@" too, though its settings say nothing', async () => {
    const harness = createHarness();
    const who = { ...(await connect(harness, 'ann-1', ann)), permissions: '*:rw team.*:@rw' };
    const inTeam = (frame: Frame) => ask(harness, who, { ...frame, room: 'team.red' });

    expect(await inTeam(JOIN)).toMatchObject(FORBIDDEN);
    expect(await inTeam({ action: 'follow' })).toMatchObject(FORBIDDEN);
    expect(await ask(harness, who, JOIN)).toMatchObject({ type: 'joined' });
    expect(await post(harness, ann, { onlyAsMember: true })).toMatchObject(FORBIDDEN);
    await harness.memberships.add('ann', { room: 'team.red', since: NOW });
    expect(await inTeam(JOIN)).toMatchObject({ type: 'joined' });
  });
});

describe('a room that becomes private', () => {
  it('keeps the moderator and its members, and puts everybody else out', async () => {
    const harness = createHarness();
    await connect(harness, 'ann-1', ann, ['den']);
    const outsider = await connect(harness, 'bob-1', bob, ['den']);
    const moderator = await connect(harness, 'mo-1', mo, ['den']);
    await harness.memberships.add('ann', { room: 'den', since: NOW });

    expect(await ask(harness, moderator, { action: 'setRoom', private: true })).toMatchObject(OK);
    harness.posts.length = 0;
    await ask(harness, moderator, { action: 'sendMessage', id: 'message-1', text: 'hello', after: 0 });

    expect(harness.posts.map(({ to }) => to)).toEqual(['ann-1']);
    expect(await ask(harness, outsider, { action: 'getHistory' })).toMatchObject({ code: 'notMember' });
    expect(await ask(harness, moderator, { action: 'setRoom', private: false })).toMatchObject(OK);
    expect(await ask(harness, outsider, JOIN)).toMatchObject({ type: 'joined' });
  });

  it('lets nobody in who joins meanwhile, though the container of the join knows it as open', async () => {
    const harness = createHarness();
    fill(harness, 'den', [1]);
    const outsider = await connect(harness, 'bob-1', bob);
    const moderator = await connect(harness, 'mo-1', mo);
    const { add: addMemberRow } = harness.members;
    harness.members.add = async (...asked) => {
      harness.members.add = addMemberRow;
      await ask(anotherContainer(harness), moderator, { action: 'setRoom', private: true });
      return addMemberRow(...asked);
    };

    expect(await ask(harness, outsider, JOIN)).toMatchObject(FORBIDDEN);

    expect(await harness.members.has('den', 'bob-1')).toBe(false);
    expect(await ask(harness, outsider, { action: 'getHistory' })).toMatchObject({ code: 'notMember' });
  });

  it('tells its new title to those who stay', async () => {
    const harness = createHarness();
    await connect(harness, 'ann-1', ann, ['den']);
    await connect(harness, 'bob-1', bob, ['den']);
    const moderator = await connect(harness, 'mo-1', mo);
    await harness.memberships.add('ann', { room: 'den', since: NOW });

    await ask(harness, moderator, { action: 'setRoom', private: true, title: 'Plans' });

    expect(harness.posts).toMatchObject([
      { to: 'ann-1', frame: { type: 'memberLeft', member: bob } },
      { to: 'ann-1', frame: { type: 'roomSet', settings: { title: 'Plans' } } },
    ]);
  });

  it.each([
    ['roomSettings', 'read'],
    ['connections', 'find'],
    ['members', 'list'],
    ['log', 'readBackward'],
    ['connections', 'isMember'],
  ] as const)(
    'keeps nobody in whose join failed at %s.%s, whether or not it is repeated',
    async (port, call) => {
      const harness = createHarness();
      fill(harness, 'den', [1]);
      const outsider = await connect(harness, 'bob-1', bob);
      const moderator = await connect(harness, 'mo-1', mo);
      const { add: addMemberRow } = harness.members;
      const store = harness[port] as unknown as Record<string, unknown>;
      const working = store[call];
      harness.members.add = async (...asked) => {
        harness.members.add = addMemberRow;
        const added = await addMemberRow(...asked);
        store[call] = () => {
          throw new Unavailable('throttled');
        };
        return added;
      };
      await harness.memberships.add('mo', { room: 'den', since: NOW });
      harness.rulesCache.set('den', await harness.roomSettings.read('den'), NOW);
      // The moderator listed the room before the member row of the join.
      await harness.roomSettings.change('den', { private: true });

      const failed = await ask(harness, outsider, JOIN);
      store[call] = working;

      expect(failed).toMatchObject({ code: expect.stringMatching(/^(unavailable|forbidden)$/) });
      expect(await ask(harness, outsider, { action: 'getHistory' })).toMatchObject({ code: 'notMember' });
      expect(await ask(harness, outsider, JOIN)).toMatchObject(FORBIDDEN);
      await ask(harness, moderator, JOIN);
      await ask(harness, moderator, { action: 'sendMessage', id: 'message-1', text: 'hello', after: 1 });
      expect(harness.posts.filter(({ to }) => to === 'bob-1')).toEqual([]);
    },
  );

  it('puts out whose join died after its member row when the join is repeated', async () => {
    const harness = createHarness();
    const outsider = await connect(harness, 'bob-1', bob, ['den']);
    await harness.roomSettings.change('den', { private: true });

    expect(await ask(harness, outsider, JOIN)).toMatchObject(FORBIDDEN);

    expect(await harness.members.has('den', 'bob-1')).toBe(false);
    expect(await ask(harness, outsider, { action: 'getHistory' })).toMatchObject({ code: 'notMember' });
  });

  it.each(['first', 'repeated'])('keeps no member row that a %s join could not remove', async (which) => {
    const harness = createHarness();
    const outsider = await connect(harness, 'bob-1', bob, which === 'repeated' ? ['den'] : []);
    await harness.roomSettings.change('den', { private: true });
    // The container of the first join knows the room as open.
    if (which === 'first') harness.rulesCache.set('den', { settings: {}, mutedUntil: 0 }, NOW);
    const { remove } = harness.members;
    harness.members.remove = async () => {
      throw new Unavailable('throttled');
    };

    expect(await ask(harness, outsider, JOIN)).toMatchObject({ code: 'unavailable' });
    expect(await harness.connections.isMember('bob-1', 'den', NOW)).toBe(false);
    harness.members.remove = remove;
    expect(await ask(harness, outsider, JOIN)).toMatchObject(FORBIDDEN);

    expect(await harness.members.has('den', 'bob-1')).toBe(false);
  });

  it('leaves no member row of a join that could not remove it to the end of the connection', async () => {
    const harness = createHarness();
    const outsider = await connect(harness, 'bob-1', bob, ['den']);
    await harness.roomSettings.change('den', { private: true });
    harness.members.remove = async () => {
      throw new Unavailable('throttled');
    };

    expect(await ask(harness, outsider, JOIN)).toMatchObject({ code: 'unavailable' });

    // A ban, too, removes the rows of the rooms that it is told.
    expect(await harness.connections.revoke('bob-1')).toMatchObject({ rooms: ['den'] });
    expect(await harness.connections.close('bob-1')).toMatchObject({ rooms: ['den'] });
  });

  it('tells nobody of an outsider whose leave is under way while a join is refused', async () => {
    const harness = createHarness();
    const outsider = await connect(harness, 'bob-1', bob);
    await connect(harness, 'ann-1', ann, ['den']);
    await harness.roomSettings.change('den', { private: true });
    const { finishLeave } = harness.connections;
    harness.connections.finishLeave = async (...asked) => {
      expect(await ask(harness, outsider, JOIN)).toMatchObject(FORBIDDEN);
      return finishLeave(...asked);
    };

    expect(await ask(harness, outsider, { action: 'leaveRoom' })).toMatchObject(OK);

    expect(harness.posts).toEqual([]);
  });

  it('keeps a join in the room while an earlier copy of it is taken back', async () => {
    const harness = createHarness();
    const member = await connect(harness, 'bob-1', bob);
    const { remove, list } = harness.members;
    harness.members.remove = async (...asked) => {
      harness.members.remove = remove;
      harness.members.list = list;
      expect(await ask(harness, member, JOIN)).toMatchObject({ type: 'joined' });
      return remove(...asked);
    };
    harness.members.list = () => {
      throw new Unavailable('throttled');
    };

    expect(await ask(harness, member, JOIN)).toMatchObject({ code: 'unavailable' });

    expect(await harness.members.has('den', 'bob-1')).toBe(true);
    expect(await harness.connections.isMember('bob-1', 'den', NOW)).toBe(true);
  });

  it('does not become private with more than 500 connections', async () => {
    const harness = createHarness();
    const moderator = await connect(harness, 'mo-1', mo);
    for (const i of range(1, 501))
      await harness.members.add({ id: `crowd-${i}`, room: 'den', expiresAt: NOW + HOUR });

    expect(await ask(harness, moderator, { action: 'setRoom', private: true })).toMatchObject({
      code: 'tooMany',
    });
    expect(await harness.roomSettings.read('den')).toMatchObject({ settings: {} });
    await harness.members.remove('den', 'crowd-1', 0);
    expect(await ask(harness, moderator, { action: 'setRoom', private: true })).toMatchObject(OK);
    expect(await harness.members.has('den', 'crowd-2')).toBe(false);
  });
});

describe('a member', () => {
  it('is added by a moderator, follows the room, and is told on every device', async () => {
    const { harness, outsider, moderator } = await openRoom();
    await connect(harness, 'bob-2', bob);

    expect(await ask(harness, moderator, add('bob'))).toMatchObject({
      ...OK,
      action: 'addMember',
      room: 'den',
    });
    await ask(harness, moderator, add('bob'));

    const push = { type: 'roomAdded', room: 'den', since: NOW };
    expect(harness.posts.map(({ to, frame }) => [to, frame])).toEqual([
      ['bob-1', push],
      ['bob-2', push],
    ]);
    expect(await ask(harness, outsider, JOIN)).toMatchObject({ type: 'joined' });
    expect(await harness.follows.readPage('bob', undefined, 9, NOW)).toMatchObject({
      follows: [{ room: 'den' }],
    });
  });

  it('is a user who has been here, and is added by nobody without the right', async () => {
    const { harness, member, moderator } = await openRoom();

    expect(await ask(harness, moderator, add('nobody'))).toMatchObject({ code: 'badField' });
    expect(await ask(harness, { ...member, permissions: '*:rw' }, add('bob'))).toMatchObject(FORBIDDEN);
  });

  it('is added to 400 rooms by others at most, so that the user can follow some too', async () => {
    const { harness, moderator } = await openRoom();
    for (const i of range(1, 400))
      await harness.follows.add('bob', { room: `room-${i}`, since: NOW }, 500, NOW);

    expect(await ask(harness, moderator, add('bob'))).toMatchObject({ code: 'tooMany' });
    expect(await harness.memberships.findRooms('bob', ['den'])).toEqual(new Set());
  });

  it('is removed from the room at once, with an entry, and told on every device', async () => {
    const { harness, member, moderator } = await openRoom();

    expect(await ask(harness, moderator, remove('ann'))).toMatchObject({ ...OK, action: 'removeMember' });

    const entry = { type: 'system', what: 'kicked', user: ann, by: mo, seq: 4 };
    expect(harness.posts).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ to: 'ann-1', frame: expect.objectContaining(entry) }),
        expect.objectContaining({ to: 'mo-1', frame: expect.objectContaining(entry) }),
        expect.objectContaining({ to: 'ann-1', frame: { type: 'roomRemoved', room: 'den' } }),
      ]),
    );
    expect(await ask(harness, member, { action: 'getHistory' })).toMatchObject({ code: 'notMember' });
    expect(await ask(harness, member, JOIN)).toMatchObject(FORBIDDEN);
    await ask(harness, moderator, add('ann'));
    expect(await ask(harness, member, JOIN)).toMatchObject({ type: 'joined' });
  });

  it('is removed by id: a name that no user has as an id is refused, and a repeat is not', async () => {
    const { harness, moderator } = await openRoom();

    expect(await ask(harness, moderator, remove('Ann'))).toMatchObject({ code: 'badField' });
    for (let i = 0; i < 2; i++) expect(await ask(harness, moderator, remove('ann'))).toMatchObject(OK);
  });

  it('leaves by itself without a right, once, and removes nobody else without one', async () => {
    const { harness, member } = await openRoom();
    const plain = { ...member, permissions: '*:rw' };

    expect(await ask(harness, plain, remove('mo'))).toMatchObject(FORBIDDEN);
    expect(await ask(harness, { ...member, permissions: '*:-' }, remove('ann'))).toMatchObject(OK);
    expect(await ask(harness, plain, remove('ann'))).toMatchObject(OK);
    expect(
      harness.rows
        .get('den')
        ?.slice(4)
        .map((row) => row?.entry),
    ).toMatchObject([{ what: 'kicked', user: ann, by: ann }]);
    expect(await ask(harness, plain, JOIN)).toMatchObject(FORBIDDEN);
  });

  it.each<[string, (harness: Harness) => object, string]>([
    ['before its connections were read', ({ users }) => users, 'readConnections'],
    ['before its entry', ({ log }) => log, 'put'],
    ['before the room was unfollowed', ({ follows }) => follows, 'remove'],
  ])('whose removal died %s is removed by the same again, with an entry', async (_name, portOf, call) => {
    for (const isOwn of [true, false]) {
      const { harness, member, moderator } = await openRoom();
      const leave = () => ask(harness, isOwn ? member : moderator, remove('ann'));
      const port = portOf(harness) as Record<string, unknown>;
      const working = port[call];
      port[call] = async () => {
        throw new Unavailable('throttled');
      };
      expect(await leave()).toMatchObject({ code: 'unavailable' });
      port[call] = working;

      expect(await leave()).toMatchObject(OK);

      expect(harness.rows.get('den')?.at(-1)?.entry).toMatchObject({ what: 'kicked', user: ann });
      expect(harness.posts).toContainEqual(
        expect.objectContaining({ to: 'ann-1', frame: { type: 'roomRemoved', room: 'den' } }),
      );
      const length = harness.rows.get('den')?.length;
      expect(await leave()).toMatchObject(OK);
      expect(harness.rows.get('den')).toHaveLength(length ?? 0);
    }
  });

  it('is no user without a row: such a user leaves nothing behind', async () => {
    const harness = createHarness();
    const who = { ...(await connect(harness, 'bob-1', bob, ['den'])), permissions: '*:-' };
    const written = jest.spyOn(harness.members, 'tombstone');

    expect(await ask(harness, who, remove('bob'))).toMatchObject(OK);

    expect(written).not.toHaveBeenCalled();
    expect(harness.rows.get('den') ?? []).toEqual([]);
    expect(harness.posts).toEqual([]);
    expect(await harness.connections.isMember('bob-1', 'den', NOW)).toBe(true);
  });

  it('who leaves an open room is announced to the others', async () => {
    const harness = createHarness();
    const who = await connect(harness, 'ann-1', ann, ['den']);
    await connect(harness, 'bob-1', bob, ['den']);
    await harness.memberships.add('ann', { room: 'den', since: NOW });

    await ask(harness, who, remove('ann'));

    expect(harness.posts).toContainEqual(
      expect.objectContaining({ to: 'bob-1', frame: { type: 'memberLeft', room: 'den', member: ann } }),
    );
  });

  it.each(['join', 'add'] as const)(
    'who is removed while a frozen join waits before its %s does not come in',
    async (step) => {
      const { harness, member, moderator } = await openRoom();
      await ask(harness, member, { action: 'leaveRoom' });
      harness.posts.length = 0;
      const { connections, members } = harness;
      const written = jest.spyOn(members, 'add');
      const [{ join }, { add: addRow }] = [connections, members];
      const removeFirst = async () => {
        Object.assign(connections, { join });
        Object.assign(members, { add: addRow });
        await ask(anotherContainer(harness), moderator, remove('ann'));
      };
      if (step === 'join')
        connections.join = async (...asked) => {
          await removeFirst();
          return join(...asked);
        };
      else
        members.add = async (...asked) => {
          await removeFirst();
          return addRow(...asked);
        };

      expect(await ask(harness, member, JOIN)).toMatchObject({
        type: 'error',
        code: step === 'join' ? 'forbidden' : 'notMember',
      });
      expect(written).toHaveBeenCalledTimes(step === 'join' ? 0 : 1);
      await ask(harness, moderator, { action: 'sendMessage', id: 'message-2', text: 'hello', after: 4 });
      expect(harness.posts.map(({ to, frame }) => to === 'ann-1' && frame.type)).not.toContain('message');
      expect(await ask(harness, member, { action: 'typing' })).toMatchObject({ code: 'notMember' });
    },
  );
});
