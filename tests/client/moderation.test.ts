import {
  addMember,
  kick,
  listBans,
  listMembers,
  mergeMembers,
  mute,
  NO_RULES,
  type RoomRules,
  removeMember,
  setRoom,
  unban,
  watchRules,
} from '../../client/moderation';
import type { ServerMessage } from '../../lib/protocol';
import { createHarness, received, refuse } from './kit/harness';

const bob = { id: 'bob', name: 'Bob' };

describe('the rules of a room', () => {
  it('are asked to change', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();

    const asked = Promise.all([
      setRoom(room, { slow: 30, title: '' }),
      mute(room, 'bob', 60_000),
      addMember(room, 'bob'),
      removeMember(room, 'bob'),
    ]);
    await harness.clock.pass(1_000);
    await asked;

    expect(received(harness, 'setRoom')).toMatchObject([{ room: 'lobby', slow: 30, title: '' }]);
    expect(received(harness, 'mute')).toMatchObject([{ room: 'lobby', user: 'bob', forMs: 60_000 }]);
    for (const action of ['addMember', 'removeMember'] as const)
      expect(received(harness, action)).toMatchObject([{ room: 'lobby', user: 'bob' }]);
  });

  it('are told at each join and at each change, by the clock of the client', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();
    const told: RoomRules[] = [];
    const ends: number[] = [];
    const push = async (frame: ServerMessage) => {
      harness.gateway.push('lobby', frame);
      ends.push(harness.clock.now());
      await harness.clock.pass(1_000);
    };

    const stop = watchRules(room, (rules) => told.push(rules), { clock: harness.clock });
    await harness.clock.pass(1_000);
    const settings = { readOnly: true };
    await push({ type: 'roomSet', room: 'lobby', settings });
    await push({ type: 'muted', room: 'lobby', ms: 5_000 });
    stop();
    await push({ type: 'muted', room: 'lobby', ms: 0 });

    expect(told.slice(0, 2)).toEqual([NO_RULES, { ...NO_RULES, settings }]);
    expect(told.slice(2)).toEqual([{ ...NO_RULES, settings, mutedUntil: expect.any(Number) }]);
    expect(Math.abs(Number(told[2]?.mutedUntil) - Number(ends[1]) - 5_000)).toBeLessThan(1_000);
  });

  it.each(['muted', 'readOnly'] as const)(
    'fail a send that is refused with %s, and go on with others',
    async (code) => {
      const harness = createHarness();
      const { room } = await harness.joined();
      refuse(harness, 'sendMessage', { code, message: 'No.', until: 9 }, 1_000);

      const refused = expect(room.send('Hello')).rejects.toMatchObject({ code, until: 9 });
      await harness.clock.pass(1_000);
      await refused;

      expect(room.snapshot.pending).toMatchObject([{ state: 'failed', error: { code } }]);
      expect(received(harness, 'sendMessage')).toHaveLength(1);
    },
  );

  it('hold a message in slow mode, and none in another room', async () => {
    const harness = createHarness();
    const { chat, room } = await harness.joined();
    const other = chat.room('other');
    const joined = other.join();
    await harness.clock.pass(1_000);
    await joined;
    const error = { code: 'rateLimited', message: 'Slowly.', retryAfterMs: 50_000, until: 60_000 } as const;
    let isSlow = true;
    harness.gateway.faults.request = (message) =>
      isSlow && message.action === 'sendMessage' && message.room === 'lobby'
        ? { answer: { type: 'error', ...error, room: 'lobby', id: message.id } }
        : undefined;

    const slow = room.send('Slow');
    await harness.clock.pass(1_000);
    const quick = other.send('Quick');
    await harness.clock.pass(2_000);
    await quick;
    isSlow = false;
    await harness.clock.pass(100_000);

    await expect(slow).resolves.toMatchObject({ seq: 1 });
    expect(received(harness, 'sendMessage').filter((each) => each.room === 'lobby')).toHaveLength(2);
  });
});

describe('moderation', () => {
  const ann = { id: 'ann', name: 'Ann' };

  it('asks for a kick, and for its end', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();

    for (const ask of [() => kick(room, 'bob', 60_000), () => kick(room, 'bob'), () => unban(room, 'bob')]) {
      const asked = ask();
      await harness.clock.pass(1_000);
      await asked;
    }

    expect(received(harness, 'kick')).toMatchObject([
      { room: 'lobby', user: 'bob', forMs: 60_000 },
      { room: 'lobby', user: 'bob' },
    ]);
    expect(received(harness, 'unban')).toMatchObject([{ room: 'lobby', user: 'bob' }]);
  });

  it('lists bans and members, and goes on from where a page ended', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();
    const ban = { user: bob, until: 2_000, at: 1_000, by: ann };
    const member = { user: bob, devices: 2, since: 1_000 };
    harness.gateway.faults.request = ({ action }) => {
      if (action === 'getBans')
        return { answer: { type: 'bans', room: 'lobby', bans: [ban], next: 'page-2' } };
      return action === 'getMembers'
        ? { answer: { type: 'members', room: 'lobby', members: [member] } }
        : undefined;
    };

    const asked = Promise.all([listBans(room), listBans(room, 'page-2'), listMembers(room)]);
    await harness.clock.pass(1_000);

    const bans = { items: [ban], next: 'page-2' };
    expect(await asked).toEqual([bans, bans, { items: [member] }]);
    expect(received(harness, 'getBans')).toContainEqual(
      expect.objectContaining({ room: 'lobby', from: 'page-2' }),
    );
  });

  it('counts the devices of a user that two pages name', () => {
    const first = [
      { user: ann, devices: 1, since: 5 },
      { user: bob, devices: 2, since: 6 },
    ];

    expect(mergeMembers(first, [{ user: bob, devices: 1, since: 4 }])).toEqual([
      { user: ann, devices: 1, since: 5 },
      { user: bob, devices: 3, since: 4 },
    ]);
  });

  it('that is refused says why', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();
    refuse(harness, 'kick', { code: 'forbidden', message: 'No.' });

    const refused = expect(kick(room, 'bob')).rejects.toMatchObject({ code: 'forbidden', message: 'No.' });
    await harness.clock.pass(1_000);

    await refused;
  });

  it('ends the room for who is kicked, with a reason and without asking for ever', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();
    refuse(harness, 'joinRoom', { code: 'forbidden', message: 'Removed.' }, 1_000);
    const before = received(harness, 'joinRoom').length;

    const seq = (room.snapshot.cursor ?? 0) + 1;
    harness.gateway.push('lobby', { type: 'system', room: 'lobby', seq, what: 'kicked', user: ann, at: 1 });
    await harness.clock.pass(60_000);

    expect(room.snapshot).toMatchObject({ state: 'left', error: { code: 'forbidden', message: 'Removed.' } });
    expect(received(harness, 'joinRoom')).toHaveLength(before + 1);
  });

  it('of another leaves the room as it is', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();

    const seq = (room.snapshot.cursor ?? 0) + 1;
    harness.gateway.push('lobby', { type: 'system', room: 'lobby', seq, what: 'kicked', user: bob, at: 1 });
    await harness.clock.pass(1_000);

    expect(room.snapshot).toMatchObject({ state: 'joined', cursor: seq });
  });
});
