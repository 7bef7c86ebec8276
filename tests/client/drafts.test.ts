import { createDraftWriter, watchDrafts } from '../../client/drafts';
import { deleteMessage } from '../../client/editing';
import { BOB } from './kit/gateway';
import { createHarness, type Harness, lose, received, refuse, tokenFor } from './kit/harness';

const OPTIONS = (harness: Harness) => ({ clock: harness.clock, random: harness.random });

/** A bot that writes, and a reader. */
async function writing() {
  const harness = createHarness();
  const [bot, reader] = [await harness.joined('bot'), await harness.joined('reader')];
  harness.gateway.post('lobby', 'a question');
  await harness.clock.pass(1_000);
  const drafts = watchDrafts(reader.room, OPTIONS(harness));
  const writer = createDraftWriter(bot.room, 1, OPTIONS(harness));
  return { harness, bot, reader, drafts, writer, shown: () => drafts.snapshot.map(({ text }) => text) };
}

it('are shown while they grow, at most four parts a second', async () => {
  const { harness, writer, shown } = await writing();

  for (let i = 0; i < 40; i++) {
    writer.write(`${i} `);
    await harness.clock.pass(50);
  }
  await harness.clock.pass(1_000);

  const text = Array.from({ length: 40 }, (_, i) => `${i} `).join('');
  expect(shown()).toEqual([text]);
  expect(received(harness, 'draft').length).toBeLessThanOrEqual(10);
});

it('are whole after parts were lost', async () => {
  const { harness, writer, shown } = await writing();
  writer.write('one ');
  await harness.clock.pass(1_000);
  lose(harness, 'push', ({ type }) => type === 'draft');
  writer.write('two ');
  await harness.clock.pass(1_000);
  harness.gateway.faults.push = () => undefined;

  writer.write('three');
  await harness.clock.pass(1_000);

  expect(shown()).toEqual(['one two three']);
  expect(received(harness, 'getDraft')).toHaveLength(1);
});

it('show each character once, whatever comes twice, late or overlaps', async () => {
  const { harness, shown } = await writing();
  const parts = [
    [0, 'a𝄞'],
    [0, 'a𝄞'],
    [1, '𝄞b'],
    [0, 'a'],
    [3, 'c'],
  ] as const;

  for (const [offset, text] of parts) {
    const part = { of: 1, generation: 5, offset, text, from: BOB };
    harness.gateway.push('lobby', { type: 'draft', room: 'lobby', ...part });
    await harness.clock.pass(1_000);
  }

  expect(shown()).toEqual(['a𝄞bc']);
});

it('begin again where a newer copy of the writer takes over, and the older one ends', async () => {
  const { harness, bot, writer, shown } = await writing();
  writer.write('from the first');
  await harness.clock.pass(1_000);

  createDraftWriter(bot.room, 1, OPTIONS(harness)).write('from the second');
  await harness.clock.pass(1_000);
  writer.write(', which is late');
  await harness.clock.pass(60_000);
  writer.write('!');

  expect(shown()).toEqual([]);
  expect(received(harness, 'draft').map(({ text }) => text)).toEqual([
    'from the first',
    'from the second',
    ', which is late',
  ]);
});

it('go with their message, with what they answer, with their end, and in silence', async () => {
  const ends: ((given: Awaited<ReturnType<typeof writing>>) => unknown)[] = [
    ({ bot }) => bot.room.send({ text: 'the answer', replyTo: 1 }),
    ({ bot }) => deleteMessage(bot.room, 1),
    ({ writer }) => writer.end(),
    () => 'nothing',
  ];
  for (const end of ends) {
    const given = await writing();
    given.writer.write('half');
    await given.harness.clock.pass(1_000);
    const before = given.shown();

    const ended = end(given);
    await given.harness.clock.pass(ended === 'nothing' ? 60_000 : 2_000);

    expect([before, given.shown()]).toEqual([['half'], []]);
  }
});

it('wait when the server asks for it, and lose nothing', async () => {
  const { harness, writer, shown } = await writing();
  refuse(harness, 'draft', { code: 'rateLimited', retryAfterMs: 3_000 }, 2);

  writer.write('one ');
  await harness.clock.pass(500);
  writer.write('two');
  await harness.clock.pass(20_000);

  expect(shown()).toEqual(['one two']);
});

it('stop at 4,000 characters', async () => {
  const { harness, writer, shown } = await writing();

  writer.write('x'.repeat(3_999));
  writer.write('😀'.repeat(2));
  await harness.clock.pass(5_000);

  expect(shown()).toEqual([`${'x'.repeat(3_999)}😀`]);
});

it('are not sent for another user who signs in while they wait', async () => {
  const harness = createHarness();
  harness.gateway.post('lobby', 'a question');
  let user = 'bot';
  const token = () => tokenFor(user, harness.clock.now(), 60_000);
  const { chat, room } = await harness.joined('bot', 'lobby', { token });
  const writer = createDraftWriter(room, 1, OPTIONS(harness));
  chat.close();
  writer.write('for the asker');
  user = 'bob';
  chat.connect();
  room.join().catch(() => {});
  await harness.clock.pass(10_000);

  expect(chat.user?.id).toBe('bob');
  expect(received(harness, 'draft')).toEqual([]);
});
