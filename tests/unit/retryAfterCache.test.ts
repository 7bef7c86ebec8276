import { sendMessage } from '../../lib/actions/sendMessage';
import type { Requester } from '../../lib/auth/requester';
import { createRetryAfterCache } from '../../lib/rateLimiting/retryAfterCache';
import { ann, anotherContainer, connect, createHarness, finish, type Harness, NOW, range } from './harness';

it('tells how much longer somebody has to wait, and nobody else', () => {
  const cache = createRetryAfterCache();
  cache.record('ann', 200, NOW);

  expect([0, 199, 200, 900].map((ms) => cache.remainingMs('ann', NOW + ms))).toEqual([200, 1, 0, 0]);
  expect(cache.remainingMs('bob', NOW)).toBe(0);
});

it('remembers no more than five hundred', () => {
  const cache = createRetryAfterCache();
  for (const i of range(0, 500)) cache.record(`user ${i}`, 200, NOW);

  expect([0, 1, 500].map((i) => cache.remainingMs(`user ${i}`, NOW))).toEqual([0, 200, 200]);
});

const say = (harness: Harness, who: Requester, i: number, container = harness, text = 'x') =>
  finish(
    harness,
    sendMessage(container, who, {
      action: 'sendMessage',
      room: 'den',
      id: `message-${i}`,
      text,
      after: Math.min(i, 20),
    }),
  );

/** A context that counts the calls to its database. */
function counted(harness: Harness) {
  const calls: string[] = [];
  const counting = <T extends object>(name: string, store: T): T =>
    new Proxy(store, {
      get(target, key) {
        const method: unknown = Reflect.get(target, key);
        if (typeof method !== 'function') return method;
        return (...given: unknown[]) => {
          calls.push(`${name}.${String(key)}`);
          return method.apply(target, given);
        };
      },
    });
  const { log, connections, sendQuotas, users, members } = harness;
  const context = {
    ...harness,
    log: counting('log', log),
    connections: counting('connections', connections),
    sendQuotas: counting('sendQuotas', sendQuotas),
    users: counting('users', users),
    members: counting('members', members),
  };
  return { context, calls };
}

it('a frame that comes before it may is refused without a call, in each container after its first', async () => {
  const { context, calls } = counted(createHarness());
  const who = await connect(context, 'ann-1', ann, ['den']);
  for (const i of range(0, 20)) await say(context, who, i);
  calls.length = 0;

  expect(await say(context, who, 21)).toMatchObject({
    code: 'rateLimited',
    retryAfterMs: expect.any(Number),
  });
  expect(calls).toEqual([]);

  await say(context, who, 22, anotherContainer(context));
  expect(calls).toEqual(['connections.charge']);
});

it('a frame that comes when it was told is served', async () => {
  const harness = createHarness();
  const who = await connect(harness, 'ann-1', ann, ['den']);
  for (const i of range(0, 19)) await say(harness, who, i);
  const refused = await say(harness, who, 20);

  await harness.clock.runUntil(
    harness.clock.now() + ('retryAfterMs' in refused ? (refused.retryAfterMs ?? 0) : 0),
  );

  expect(await say(harness, who, 20)).toMatchObject({ type: 'ack' });
});

it('a short message is served where a long one was refused', async () => {
  const harness = createHarness();
  const who = await connect(harness, 'ann-1', ann, ['den']);
  for (const i of range(0, 18)) expect(await say(harness, who, i)).toMatchObject({ type: 'ack' });

  const long = await say(harness, who, 19, harness, 'x'.repeat(2_000));

  expect(long).toMatchObject({ code: 'rateLimited', retryAfterMs: 100 });
  expect(await say(harness, who, 19)).toMatchObject({ type: 'ack' });
});

it('who was refused because others moved the bucket is not held to it', async () => {
  const harness = createHarness();
  const who = await connect(harness, 'ann-1', ann, ['den']);
  const contended = { kind: 'rateLimited', retryAfterMs: 100, contended: true } as const;
  const ofUser = jest.spyOn(harness.sendQuotas, 'charge').mockResolvedValueOnce(contended);
  const ofConnection = jest.spyOn(harness.connections, 'charge').mockResolvedValueOnce(contended);

  for (let i = 0; i < 2; i++)
    expect(await say(harness, who, 0)).toMatchObject({ code: 'rateLimited', retryAfterMs: 100 });
  expect(await say(harness, who, 0)).toMatchObject({ type: 'ack' });
  expect([ofUser, ofConnection].map(({ mock }) => mock.calls.length)).toEqual([2, 3]);
});
