import { kick, listBans, listMembers, mergeMembers, unban } from '../../client/moderation';
import { createHarness, received, refuse } from './kit/harness';

const bob = { id: 'bob', name: 'Bob' };

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
