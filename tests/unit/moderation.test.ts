import { handleModeratorAction, handleRoomAction, handleSendMessage } from '../../lib/actions/routes';
import type { Requester } from '../../lib/auth/requester';
import { openConnection } from '../../lib/connections/openConnection';
import { removeUserEverywhere, removeUserFromRoom } from '../../lib/moderation/removeUser';
import { parseBanCommand, runBanCommand } from '../../lib/operator/banCommand';
import { Unavailable } from '../../lib/ports/unavailable';
import type { Reply, SystemEntry } from '../../lib/protocol';
import {
  ann,
  anotherContainer,
  bob,
  connect,
  fill,
  finish,
  HOUR,
  LEASE_MS,
  NOW,
  type Stage,
  setStage,
  withLog,
} from './stage';

const moderator = { id: 'mo', name: 'Mo' };
const order = { user: 'ann', until: NOW + HOUR };

const ask = (stage: Stage, who: Requester, frame: object): Promise<Reply> => {
  const { action } = frame as { action: string };
  const answer =
    action === 'sendMessage'
      ? handleSendMessage
      : /kick|unban/.test(action)
        ? handleModeratorAction
        : handleRoomAction;
  return finish(stage, answer(stage, who, JSON.stringify(frame)));
};

const say = (id: string, after: number) => ({ action: 'sendMessage', room: 'den', id, text: 'hi', after });

async function setScene() {
  const stage = setStage();
  fill(stage, 'den', [1, 2]);
  return {
    stage,
    first: await connect(stage, 'ann-1', ann, ['den', 'attic']),
    second: await connect(stage, 'ann-2', ann, ['den']),
    other: await connect(stage, 'bob-1', bob, ['den']),
    mo: await connect(stage, 'mo-1', moderator),
  };
}

const kicksIn = (stage: Stage, room: string) =>
  (stage.rows.get(room) ?? []).flatMap((row) => (row?.entry.type === 'system' ? [row.entry] : []));

const postsTo = (stage: Stage, id: string) =>
  stage.posts.filter(({ to }) => to === id).map(({ frame }) => frame.type);

describe('a kick', () => {
  it('puts every connection of the user out, writes it down, and tells everybody', async () => {
    const { stage, first, second, mo } = await setScene();

    expect(await ask(stage, mo, { action: 'kick', room: 'den', user: 'ann' })).toEqual({
      type: 'ok',
      action: 'kick',
      room: 'den',
    });

    expect(kicksIn(stage, 'den')).toMatchObject([{ seq: 3, what: 'kicked', user: ann, by: moderator }]);
    for (const id of ['ann-1', 'ann-2']) expect(postsTo(stage, id)).toEqual(['system']);
    expect(postsTo(stage, 'bob-1').sort()).toEqual(['memberLeft', 'system']);
    for (const who of [first, second]) {
      expect(await ask(stage, who, say('last-word', 2))).toMatchObject({ code: 'notMember' });
      expect(await ask(stage, who, { action: 'getHistory', room: 'den' })).toMatchObject({
        code: 'notMember',
      });
      expect(await ask(stage, who, { action: 'joinRoom', room: 'den' })).toMatchObject({ code: 'forbidden' });
    }
    expect(await ask(stage, first, { action: 'ping', rooms: { attic: 0, den: 0 } })).toMatchObject({
      notJoined: ['den'],
    });
  });

  it('lasts as long as it says, and no longer', async () => {
    const { stage, first, mo } = await setScene();
    await ask(stage, mo, { action: 'kick', room: 'den', user: 'ann', forMs: 5_000 });
    const join = () => ask(stage, first, { action: 'joinRoom', room: 'den' });

    await stage.clock.runUntil(NOW + 4_900);
    expect(await join()).toMatchObject({ code: 'forbidden' });
    await stage.clock.runUntil(NOW + 6_000);
    expect(await join()).toMatchObject({ type: 'joined', head: 3 });

    expect(await ask(stage, first, say('first-word', 3))).toMatchObject({ type: 'ack', seq: 4 });
  });

  it('is taken back by a moderator', async () => {
    const { stage, first, mo } = await setScene();
    await ask(stage, mo, { action: 'kick', room: 'den', user: 'ann' });

    expect(await ask(stage, mo, { action: 'unban', room: 'den', user: 'ann' })).toMatchObject({ type: 'ok' });

    expect(await ask(stage, first, { action: 'joinRoom', room: 'den' })).toMatchObject({ type: 'joined' });
  });

  it('of somebody who is not there is written down all the same', async () => {
    const { stage, mo } = await setScene();

    await ask(stage, mo, { action: 'kick', room: 'den', user: 'cara' });

    expect(kicksIn(stage, 'den')).toMatchObject([{ user: { id: 'cara', name: 'cara' } }]);
    expect(postsTo(stage, 'bob-1')).toEqual(['system']);
  });

  it.each([
    ['kick', { permissions: 'den:rw' }],
    ['unban', { permissions: 'den:rw attic:m' }],
  ])('%s needs the right to moderate that very room', async (action, given) => {
    const { stage, mo } = await setScene();

    expect(await ask(stage, { ...mo, ...given }, { action, room: 'den', user: 'ann' })).toMatchObject({
      code: 'forbidden',
    });

    expect(kicksIn(stage, 'den')).toEqual([]);
  });

  it.each([
    ['no user', { user: undefined }],
    ['a user with a space', { user: 'an n' }],
    ['no time at all', { forMs: 0 }],
    ['more than a year', { forMs: 400 * 24 * HOUR }],
    ['a reason', { reason: 'spam' }],
  ])('with %s is refused', async (_name, given) => {
    const { stage, mo } = await setScene();

    expect(await ask(stage, mo, { action: 'kick', room: 'den', user: 'ann', ...given })).toMatchObject({
      code: 'badField',
    });
  });
});

describe('a kick that broke off', () => {
  it('after its entry was written, before that was answered, is done', async () => {
    const { stage, mo } = await setScene();
    let losesReply = true;
    const losing = withLog(stage, {
      async put(room, entry) {
        const outcome = await stage.log.put(room, entry);
        if (losesReply) {
          losesReply = false;
          throw new Unavailable('no reply');
        }
        return outcome;
      },
    });

    expect(await ask(losing, mo, { action: 'kick', room: 'den', user: 'ann' })).toMatchObject({ type: 'ok' });

    expect(kicksIn(stage, 'den')).toHaveLength(1);
    expect(postsTo(stage, 'bob-1').sort()).toEqual(['memberLeft', 'system']);
    expect(postsTo(stage, 'ann-1')).toEqual(['system']);
  });

  it('before its entry was written is completed by a repeat, which tells everybody', async () => {
    const { stage, mo } = await setScene();
    const broken = withLog(stage, {
      async put() {
        throw new Unavailable('no reply');
      },
    });
    expect(await ask(broken, mo, { action: 'kick', room: 'den', user: 'ann' })).toMatchObject({
      code: 'unavailable',
    });

    expect(await ask(stage, mo, { action: 'kick', room: 'den', user: 'ann' })).toMatchObject({ type: 'ok' });

    expect(postsTo(stage, 'bob-1').sort()).toEqual(['memberLeft', 'system']);
    for (const id of ['ann-1', 'ann-2']) expect(postsTo(stage, id)).toEqual(['system']);
  });
});

describe('nothing gets past a kick', () => {
  it('no send that had been let through before it', async () => {
    const { stage, first } = await setScene();
    const zombie: Stage = {
      ...anotherContainer(stage),
      log: {
        ...stage.log,
        async put(room, entry) {
          if (entry.type === 'message' && entry.seq === 3) await removeUserFromRoom(stage, 'den', order);
          return stage.log.put(room, entry);
        },
      },
    };

    expect(await ask(zombie, first, say('last-word', 2))).toMatchObject({ code: 'notMember' });

    expect(stage.rows.get('den')?.[3]?.entry.type).toBe('system');
    expect(stage.rows.get('den')?.[4]).toBeUndefined();
  });

  it('no send whose look comes after it', async () => {
    const { stage, first } = await setScene();
    const zombie: Stage = {
      ...anotherContainer(stage),
      log: {
        ...stage.log,
        async readIdentities(...asked) {
          await stage.clock.wait(50);
          await removeUserFromRoom(stage, 'den', order);
          return stage.log.readIdentities(...asked);
        },
      },
    };

    expect(await ask(zombie, first, say('last-word', 2))).toMatchObject({ code: 'notMember' });

    expect(stage.rows.get('den')?.[4]).toBeUndefined();
  });

  it('a send of who was let in again is written', async () => {
    const { stage, first, mo } = await setScene();
    await ask(stage, mo, { action: 'kick', room: 'den', user: 'ann' });
    await ask(stage, mo, { action: 'unban', room: 'den', user: 'ann' });
    await ask(stage, first, { action: 'joinRoom', room: 'den' });

    expect(await ask(anotherContainer(stage), first, say('first-word', 2))).toMatchObject({
      type: 'ack',
      seq: 4,
    });
  });

  it('no member row of a join that had entered before it', async () => {
    const { stage, first } = await setScene();
    await ask(stage, first, { action: 'leaveRoom', room: 'den' });
    const zombie: Stage = {
      ...stage,
      members: {
        ...stage.members,
        async add(...asked) {
          await removeUserFromRoom(stage, 'den', order);
          return stage.members.add(...asked);
        },
      },
    };

    expect(await ask(zombie, first, { action: 'joinRoom', room: 'den' })).toMatchObject({
      code: 'notMember',
    });

    for await (const page of stage.members.list('den', 100))
      expect(page.map(({ id }) => id)).toEqual(['bob-1']);
  });

  it.each(['joinRoom', 'getHistory'])('no page that a %s reads after it', async (action) => {
    const { stage, first, other } = await setScene();
    const zombie: Stage = {
      ...stage,
      log: {
        ...stage.log,
        async readBackward(...asked) {
          await removeUserFromRoom(stage, 'den', order);
          await handleSendMessage(stage, other, JSON.stringify(say('among-us', 2)));
          return stage.log.readBackward(...asked);
        },
      },
    };

    const reply = await ask(zombie, first, { action, room: 'den' });

    expect(reply).toMatchObject({ type: 'error', code: 'notMember' });
    expect(postsTo(stage, 'ann-1')).toEqual(['system']);
  });

  it('no pardon that was asked for before it', async () => {
    const { stage, first } = await setScene();
    await removeUserFromRoom(stage, 'den', { user: 'ann', until: NOW });
    const zombie: Stage = {
      ...stage,
      users: {
        ...stage.users,
        async isBanned(...asked) {
          const isBanned = await stage.users.isBanned(...asked);
          await removeUserFromRoom(stage, 'den', order);
          return isBanned;
        },
      },
    };

    expect(await ask(zombie, first, { action: 'joinRoom', room: 'den' })).toMatchObject({
      code: 'forbidden',
    });
  });
});

describe('a ban from everywhere', () => {
  it('ends every right, tells every room, and closes every socket', async () => {
    const { stage, first } = await setScene();

    await finish(stage, removeUserEverywhere(stage, order));

    for (const room of ['den', 'attic'])
      expect(kicksIn(stage, room)).toMatchObject([{ what: 'kicked', user: ann }]);
    expect((kicksIn(stage, 'den') as SystemEntry[])[0]).not.toHaveProperty('by');
    expect(stage.closed.sort()).toEqual(['ann-1', 'ann-2']);
    expect(await ask(stage, first, say('last-word', 2))).toMatchObject({ code: 'expired' });
    expect(await ask(stage, first, { action: 'joinRoom', room: 'cellar' })).toMatchObject({
      code: 'expired',
    });
  });

  it('finds a room whose leave broke off', async () => {
    const { stage, first } = await setScene();
    const broken: Stage = {
      ...stage,
      members: {
        ...stage.members,
        async remove() {
          throw new Unavailable('no reply');
        },
      },
    };
    await ask(broken, first, { action: 'leaveRoom', room: 'attic' });

    await finish(stage, removeUserEverywhere(stage, order));

    const members = [];
    for await (const page of stage.members.list('attic', 10)) members.push(...page);
    expect(members).toEqual([]);
  });

  it('can be done again after it broke off', async () => {
    const { stage } = await setScene();
    const breaking: Stage = {
      ...stage,
      members: { ...stage.members, tombstone: () => Promise.reject(new Error('Killed.')) },
    };
    await finish(stage, removeUserEverywhere(breaking, order)).catch(() => {});

    await finish(stage, removeUserEverywhere(stage, order));

    for await (const page of stage.members.list('den', 100))
      expect(page.map(({ id }) => id)).toEqual(['bob-1']);
    expect(kicksIn(stage, 'attic')).toHaveLength(1);
  });

  it('asks a socket to close until it is closed, and says so when it may still be open', async () => {
    const { stage } = await setScene();
    const { close } = stage.poster;
    const asked: string[] = [];
    let refusals = 3;
    stage.poster.close = async (id) => {
      asked.push(id);
      return id === 'ann-2' && refusals-- > 0 ? 'throttled' : close(id);
    };

    await finish(stage, removeUserEverywhere(stage, order));
    expect(stage.closed.sort()).toEqual(['ann-1', 'ann-2']);
    expect(asked.filter((id) => id === 'ann-1')).toHaveLength(1);

    refusals = 4;
    await expect(finish(stage, removeUserEverywhere(stage, order))).rejects.toThrow(Unavailable);
  });
});

describe('opening a connection', () => {
  const open = (stage: Stage, id: string, user = ann) =>
    openConnection({ ...stage, maxConnections: 5, leaseMs: LEASE_MS }, { id, user, expiresAt: NOW + HOUR });

  it('is open to five connections of a user, and to other users', async () => {
    const stage = setStage();

    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, i) => open(stage, `ann-${i}`)));

    expect(outcomes.filter((outcome) => outcome === 'opened')).toHaveLength(5);
    expect(outcomes.filter((outcome) => outcome === 'tooMany')).toHaveLength(15);
    expect(await open(stage, 'bob-1', bob)).toBe('opened');
  });

  it.each<[string, (stage: Stage) => unknown]>([
    ['closed', (stage) => stage.connections.close('ann-0')],
    [
      'silent for too long',
      async (stage) => {
        await stage.clock.runUntil(NOW + 91_000);
        for (let i = 1; i < 5; i++)
          await stage.connections.renewLease(
            `ann-${i}`,
            { bucket: 'syncs', now: NOW, costMs: 0, burstMs: 1 },
            NOW + HOUR,
          );
      },
    ],
  ])('opens again where one is %s', async (_name, end) => {
    const stage = setStage();
    for (let i = 0; i < 5; i++) await open(stage, `ann-${i}`);
    await end(stage);

    expect(await open(stage, 'ann-5')).toBe('opened');

    expect(await open(stage, 'ann-6')).toBe('tooMany');
    expect(await stage.connections.close('ann-0')).toBeUndefined();
  });

  it('leaves no socket behind that a kick would not find, though making room for another broke off', async () => {
    const stage = setStage();
    const mo = await connect(stage, 'mo-1', moderator, ['den']);
    await connect(stage, 'ann-1', ann, ['den']);
    let fails = true;
    const failing: Stage = {
      ...stage,
      members: {
        ...stage.members,
        async tombstone(...asked) {
          if (fails) throw new Unavailable('no reply');
          await stage.members.tombstone(...asked);
        },
      },
    };
    await stage.clock.runUntil(stage.clock.now() + LEASE_MS);
    const open = (id: string) =>
      openConnection(
        { ...failing, maxConnections: 1, leaseMs: LEASE_MS },
        { id, user: ann, expiresAt: NOW + HOUR },
      );
    await expect(open('ann-2')).rejects.toBeInstanceOf(Unavailable);
    fails = false;
    expect(await open('ann-3')).toBe('opened');
    await ask(stage, mo, { action: 'kick', room: 'den', user: 'ann' });
    stage.posts.length = 0;

    await ask(stage, mo, say('after-kick', 1));

    expect(postsTo(stage, 'ann-1')).toEqual([]);
  });

  it('stays shut for who is banned from everywhere, and leaves no trace of the attempt', async () => {
    const stage = setStage();
    await removeUserEverywhere(stage, order);

    expect(await open(stage, 'ann-1')).toBe('banned');

    expect(await stage.connections.close('ann-1')).toBeUndefined();
    expect(await open(stage, 'bob-1', bob)).toBe('opened');
    await runBanCommand(stage, { order: 'unban', user: 'ann' });
    expect(await open(stage, 'ann-2')).toBe('opened');
  });

  it('lets in who is banned from a room, but not into that room', async () => {
    const stage = setStage();
    await removeUserFromRoom(stage, 'den', order);
    expect(await open(stage, 'ann-1')).toBe('opened');
    const who: Requester = { id: 'ann-1', user: ann, expiresAt: NOW + HOUR, permissions: '*:rw' };

    expect(await ask(stage, who, { action: 'joinRoom', room: 'den' })).toMatchObject({ code: 'forbidden' });
    expect(await ask(stage, who, { action: 'joinRoom', room: 'attic' })).toMatchObject({ type: 'joined' });
  });
});

describe('an order', () => {
  it.each([
    [{ order: 'ban', user: 'ann', room: 'den', forMs: 60_000 }, 'ann is kept out of the room den until'],
    [{ order: 'ban', user: 'ann' }, 'ann is kept out of every room until'],
    [{ order: 'unban', user: 'ann', room: 'den' }, 'ann is let into the room den again.'],
    [{ order: 'unban', user: 'ann' }, 'ann is let into every room again.'],
  ])('%j is carried out', async (given, expected) => {
    const stage = setStage();

    expect(await finish(stage, runBanCommand(stage, parseBanCommand(given)))).toContain(expected);
  });

  it.each<[unknown, string]>([
    [undefined, '"user" must be'],
    ['ban', '"user" must be'],
    [{ order: 'ban', user: 'a b' }, '"user" must be'],
    [{ order: 'kick', user: 'ann' }, '"order" must be ban or unban'],
    [{ order: 'ban', user: 'ann', room: '*' }, 'A room must be'],
    [{ order: 'ban', user: 'ann', forMs: 1 }, '"forMs" must be'],
    [{ order: 'ban', user: 'ann', forMs: '60000' }, '"forMs" must be'],
  ])('%j is refused', (given, expected) => {
    expect(() => parseBanCommand(given)).toThrow(expected);
  });
});
