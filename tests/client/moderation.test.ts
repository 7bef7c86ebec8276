import { kick, unban } from '../../client/moderation';
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
