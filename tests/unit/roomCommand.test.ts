import { parseRoomCommand, runRoomCommand } from '../../lib/operator/roomCommand';
import { Unavailable } from '../../lib/ports/unavailable';
import { ann, connect, createHarness, finish, HOUR, unavailable } from './harness';

const run = (harness: ReturnType<typeof createHarness>, order: object) => {
  const command = parseRoomCommand(order);
  if (!command) throw new Error('This is an order of another kind.');
  return finish(harness, runRoomCommand(harness, command));
};

it('an operator sets a room and mutes a user in it, by IAM alone and in nobody’s name', async () => {
  const harness = createHarness();
  await connect(harness, 'ann-1', ann, ['den']);

  await run(harness, { order: 'setRoom', room: 'den', slow: 30 });
  await run(harness, { order: 'mute', room: 'den', user: 'ann', forMs: HOUR });

  expect(harness.posts.map(({ frame }) => frame)).toEqual([
    { type: 'roomSet', room: 'den', settings: { slow: 30 } },
    { type: 'muted', room: 'den', ms: HOUR },
  ]);
  const { bans } = await harness.roomBans.readPage('den', undefined, 9, harness.clock.now());
  expect(bans).toEqual([{ user: ann, mute: true, at: expect.any(Number), until: expect.any(Number) }]);
  await run(harness, { order: 'mute', room: 'den', user: 'ann', forMs: 0 });
  expect((await harness.restrictions.read('ann', 'den')).mutedUntil).toBe(0);
  await expect(run(harness, { order: 'mute', room: 'den', user: 'nobody', forMs: 1 })).rejects.toThrow(
    'nobody',
  );
});

it('an order to unmute fails while the user may still be muted', async () => {
  const harness = createHarness();
  harness.restrictions.unmute = unavailable;

  await expect(run(harness, { order: 'mute', room: 'den', user: 'ann', forMs: 0 })).rejects.toThrow(
    Unavailable,
  );
});

it.each([
  [{ order: 'mute', room: 'den', user: 'ann' }, '"forMs"'],
  [{ order: 'mute', room: 'den', user: 'ann', forMs: -1 }, '"forMs"'],
  [{ order: 'setRoom', room: 'den' }, 'at least one'],
  [{ order: 'setRoom', room: 'den', slow: 30, other: 1 }, '"other"'],
  [{ order: 'setRoom', room: 'NO ROOM', slow: 30 }, '"room"'],
])('%j is no order', (order, reason) => {
  expect(() => parseRoomCommand(order)).toThrow(reason);
});
