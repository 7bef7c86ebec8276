import { createHarness, listen, received, texts } from './kit/harness';

const HOUR = 3_600_000;

describe('being offline', () => {
  it.each([
    ['ten seconds', 10_000, 3],
    ['a day', 23 * HOUR, 900],
  ])('for %s loses nothing, and sends once what was written meanwhile', async (_name, awayMs, missed) => {
    const harness = createHarness();
    const { room } = await harness.joined();
    const heard = listen(room);
    const before = room.send('answered before');
    await harness.clock.pass(100);
    await before;

    harness.gateway.faults.handshake = () => 'refuse';
    harness.gateway.faults.reply = (reply) => (reply.type === 'ack' ? 'cut' : undefined);
    const unanswered = room.send('the ack was lost with the connection');
    await harness.clock.pass(1_000);
    const untried = room.send('written while away');
    for (let i = 1; i <= missed; i++) harness.gateway.post('lobby', `missed ${i}`);
    await harness.clock.pass(awayMs);
    const during = [room.snapshot.state, room.snapshot.pending.map(({ state }) => state)];
    harness.gateway.faults.handshake = () => undefined;
    harness.gateway.faults.reply = () => undefined;
    harness.networkChanged();
    await harness.clock.pass(10_000);

    const whole = [
      'answered before',
      'the ack was lost with the connection',
      ...Array.from({ length: missed }, (_, i) => `missed ${i + 1}`),
      'written while away',
    ];
    expect(during).toEqual(['joining', ['pending', 'pending']]);
    expect(heard).toEqual(whole);
    expect(harness.gateway.entries('lobby').map((entry) => entry && 'text' in entry && entry.text)).toEqual(
      whole,
    );
    expect(texts(room)).toEqual(whole);
    expect(room.snapshot.pending).toEqual([]);
    await expect(unanswered).resolves.toMatchObject({ seq: 2 });
    await expect(untried).resolves.toMatchObject({ seq: missed + 3 });
    expect(received(harness, 'joinRoom').at(-1)).toMatchObject({ after: 1 });
  });
});
