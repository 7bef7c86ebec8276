import { type BotOptions, replyId, startBot } from '../../client/bot';
import { deleteMessage } from '../../client/editing';
import type { MessageEntry } from '../../lib/protocol';
import { BOB } from './kit/gateway';
import { createHarness, type Harness, received, refuse } from './kit/harness';

function start(harness: Harness, options: Partial<BotOptions> = {}) {
  const chat = harness.chat('bot');
  chat.connect();
  const errors: unknown[] = [];
  const bot = startBot(chat, 'lobby', {
    ...{ name: 'echo', clock: harness.clock, random: harness.random },
    answer: ({ text }) => `re: ${text}`,
    onError: (error) => errors.push(error),
    ...options,
  });
  return { bot, chat, errors };
}

function replies({ gateway }: Harness): (readonly [number | undefined, string])[] {
  return gateway
    .entries('lobby')
    .flatMap((entry) =>
      entry?.type === 'message' && entry.from.id === 'bot' ? [[entry.replyTo, entry.text] as const] : [],
    );
}

it('answers what it missed and what comes, each under an id of its own', async () => {
  const harness = createHarness();
  harness.gateway.post('lobby', 'one');
  const { bot } = start(harness);
  await harness.clock.pass(10_000);
  await bot.ready;

  harness.gateway.post('lobby', 'two');
  await harness.clock.pass(10_000);

  expect(replies(harness)).toEqual([
    [1, 're: one'],
    [3, 're: two'],
  ]);
  expect(received(harness, 'sendMessage').map(({ id }) => id)).toEqual([
    replyId('echo', 1),
    replyId('echo', 3),
  ]);
});

it('asks nothing again after a restart that its log answers', async () => {
  const harness = createHarness();
  harness.gateway.post('lobby', 'one');
  const first = start(harness);
  await harness.clock.pass(10_000);
  first.chat.close();
  harness.gateway.post('lobby', 'two');
  const asked: string[] = [];

  start(harness, { answer: ({ text }) => void asked.push(text) });
  await harness.clock.pass(10_000);

  expect(asked).toEqual(['two']);
});

it('looks no further back than it is told', async () => {
  const harness = createHarness();
  for (const text of ['one', 'two', 'three']) harness.gateway.post('lobby', text);

  start(harness, { lookBack: 2 });
  await harness.clock.pass(10_000);

  expect(replies(harness).map(([replyTo]) => replyTo)).toEqual([2, 3]);
});

it('answers neither itself nor what it does not accept, nor a message that was deleted first', async () => {
  const harness = createHarness();
  const { room } = await harness.joined('ann');
  let finish = (_: string): void => {};
  start(harness, {
    accepts: ({ text }) => text.startsWith('!'),
    answer: () =>
      new Promise((resolve) => {
        finish = resolve;
      }),
  });
  await harness.clock.pass(5_000);
  const sent = Promise.all([room.send('not for bots'), room.send('!gone')]);
  await harness.clock.pass(5_000);
  const [, { seq }] = await sent;

  const deleted = deleteMessage(room, seq);
  await harness.clock.pass(5_000);
  await deleted;
  finish('too late');
  await harness.clock.pass(10_000);

  expect(replies(harness)).toEqual([]);
});

it('runs only so many calls at the same time, and all in the end', async () => {
  const harness = createHarness();
  for (let i = 0; i < 6; i++) harness.gateway.post('lobby', `${i}`);
  let running = 0;
  let most = 0;
  start(harness, {
    atOnce: 2,
    async answer({ text }) {
      most = Math.max(most, ++running);
      await new Promise<void>((resolve) => harness.clock.after(100, resolve));
      running--;
      return text;
    },
  });

  await harness.clock.pass(30_000);

  expect(most).toBe(2);
  expect(replies(harness)).toHaveLength(6);
});

it('tries a function that throws three times, then says why, and goes on', async () => {
  const harness = createHarness();
  let calls = 0;
  const { errors } = start(harness, {
    answer({ text }: MessageEntry) {
      if (text === 'good') return 'fine';
      calls++;
      throw new Error('no model');
    },
  });
  harness.gateway.post('lobby', 'bad');
  harness.gateway.post('lobby', 'good', BOB);

  await harness.clock.pass(60_000);

  expect(calls).toBe(3);
  expect(errors).toEqual([new Error('no model')]);
  expect(replies(harness)).toEqual([[2, 'fine']]);
});

it.each([
  ['goes on after a refusal that passes', { code: 'rateLimited', retryAfterMs: 500 }, 1, 0],
  ['says why the server refuses a reply for good', { code: 'forbidden' }, 0, 1],
])('%s', async (_name, error, sent, told) => {
  const harness = createHarness();
  harness.gateway.post('lobby', 'one');
  refuse(harness, 'sendMessage', error);

  const { errors } = start(harness);
  await harness.clock.pass(30_000);

  expect(replies(harness)).toHaveLength(sent);
  expect(errors).toHaveLength(told);
});

it('rejects when the server refuses the room', async () => {
  const harness = createHarness();
  refuse(harness, 'joinRoom', { code: 'forbidden' }, 10);
  const { bot } = start(harness);

  await harness.clock.pass(10_000);

  await expect(bot.ready).rejects.toMatchObject({ code: 'forbidden' });
});

it.each([
  ['name', { name: 'no name' }],
  ['lookBack', { lookBack: 1_001 }],
  ['atOnce', { atOnce: 0 }],
])('refuses a wrong %s', (_name, wrong) => {
  const harness = createHarness();

  expect(() => start(harness, wrong)).toThrow(expect.objectContaining({ code: 'badField' }));
});
