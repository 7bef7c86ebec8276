import { createWorld, listen, received, texts } from './kit/world';

const HOUR = 3_600_000;

describe('being offline', () => {
  it.each([
    ['ten seconds', 10_000, 3],
    ['a day', 23 * HOUR, 900],
  ])('for %s loses nothing, and sends once what was written meanwhile', async (_name, awayMs, missed) => {
    const world = createWorld();
    const { room } = await world.joined();
    const heard = listen(room);
    const before = room.send('answered before');
    await world.clock.pass(100);
    await before;

    world.gateway.faults.handshake = () => 'refuse';
    world.gateway.faults.reply = (reply) => (reply.type === 'ack' ? 'cut' : undefined);
    const unanswered = room.send('the ack was lost with the connection');
    await world.clock.pass(1_000);
    const untried = room.send('written while away');
    for (let i = 1; i <= missed; i++) world.gateway.post('lobby', `missed ${i}`);
    await world.clock.pass(awayMs);
    const during = [room.snapshot.state, room.snapshot.pending.map(({ state }) => state)];
    world.gateway.faults.handshake = () => undefined;
    world.gateway.faults.reply = () => undefined;
    world.networkChanged();
    await world.clock.pass(10_000);

    const whole = [
      'answered before',
      'the ack was lost with the connection',
      ...Array.from({ length: missed }, (_, i) => `missed ${i + 1}`),
      'written while away',
    ];
    expect(during).toEqual(['joining', ['pending', 'pending']]);
    expect(heard).toEqual(whole);
    expect(world.gateway.entries('lobby').map((entry) => entry && 'text' in entry && entry.text)).toEqual(
      whole,
    );
    expect(texts(room)).toEqual(whole);
    expect(room.snapshot.pending).toEqual([]);
    await expect(unanswered).resolves.toMatchObject({ seq: 2 });
    await expect(untried).resolves.toMatchObject({ seq: missed + 3 });
    expect(received(world, 'joinRoom').at(-1)).toMatchObject({ after: 1 });
  });
});
