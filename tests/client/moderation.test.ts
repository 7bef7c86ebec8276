import { kick, unban } from '../../client/moderation';
import { createWorld, received, refuse } from './kit/world';

const bob = { id: 'bob', name: 'Bob' };

describe('moderation', () => {
  const ann = { id: 'ann', name: 'Ann' };

  it('asks for a kick, and for its end', async () => {
    const world = createWorld();
    const { room } = await world.joined();

    const asked = [kick(room, 'bob', 60_000), kick(room, 'bob'), unban(room, 'bob')];
    await world.clock.pass(1_000);

    expect(await Promise.all(asked)).toEqual([undefined, undefined, undefined]);
    expect(received(world, 'kick')).toMatchObject([
      { room: 'lobby', user: 'bob', forMs: 60_000 },
      { room: 'lobby', user: 'bob' },
    ]);
    expect(received(world, 'unban')).toMatchObject([{ room: 'lobby', user: 'bob' }]);
  });

  it('that is refused says why', async () => {
    const world = createWorld();
    const { room } = await world.joined();
    refuse(world, 'kick', { code: 'forbidden', message: 'No.' });

    const refused = expect(kick(room, 'bob')).rejects.toMatchObject({ code: 'forbidden', message: 'No.' });
    await world.clock.pass(1_000);

    await refused;
  });

  it('ends the room for who is kicked, with a reason and without asking for ever', async () => {
    const world = createWorld();
    const { room } = await world.joined();
    refuse(world, 'joinRoom', { code: 'forbidden', message: 'Removed.' }, 1_000);
    const before = received(world, 'joinRoom').length;

    const seq = (room.snapshot.cursor ?? 0) + 1;
    world.gateway.push('lobby', { type: 'system', room: 'lobby', seq, what: 'kicked', user: ann, at: 1 });
    await world.clock.pass(60_000);

    expect(room.snapshot).toMatchObject({ state: 'left', error: { code: 'forbidden', message: 'Removed.' } });
    expect(received(world, 'joinRoom')).toHaveLength(before + 1);
  });

  it('of another leaves the room as it is', async () => {
    const world = createWorld();
    const { room } = await world.joined();

    const seq = (room.snapshot.cursor ?? 0) + 1;
    world.gateway.push('lobby', { type: 'system', room: 'lobby', seq, what: 'kicked', user: bob, at: 1 });
    await world.clock.pass(1_000);

    expect(room.snapshot).toMatchObject({ state: 'joined', cursor: seq });
  });
});
