import { onSignal, sendSignal } from '../../client/signals';
import type { Signal } from '../../lib/protocol';
import { createHarness, refuse } from './kit/harness';

it('reaches the others in the room under its name, until they listen no more', async () => {
  const harness = createHarness();
  const [ann, bob] = [await harness.joined('ann'), await harness.joined('bob')];
  const heard: Signal[] = [];
  const own: Signal[] = [];
  const stop = onSignal(bob.room, 'wave', (signal) => heard.push(signal));
  onSignal(ann.room, 'wave', (signal) => own.push(signal));

  const sent = [sendSignal(ann.room, 'wave', { to: 'bob' }), sendSignal(ann.room, 'nod')];
  await harness.clock.pass(1_000);
  await Promise.all(sent);
  stop();
  const late = sendSignal(ann.room, 'wave');
  await harness.clock.pass(1_000);
  await late;

  const from = { id: 'ann', name: 'ann' };
  expect(heard).toEqual([{ type: 'signal', room: 'lobby', name: 'wave', data: { to: 'bob' }, from }]);
  expect(own).toEqual([]);
});

it('is refused with the reason of the server, and not repeated', async () => {
  const harness = createHarness();
  const { room } = await harness.joined();
  refuse(harness, 'signal', { code: 'rateLimited', retryAfterMs: 500 });

  const failed = sendSignal(room, 'wave').catch((error) => error);
  await harness.clock.pass(5_000);

  expect(await failed).toMatchObject({ code: 'rateLimited', retryAfterMs: 500 });
});
