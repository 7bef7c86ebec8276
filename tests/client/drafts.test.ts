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

/** Removes the bot from the room, as a moderator does. */
function removeBot({ gateway, clock }: Harness): void {
  const user = { id: 'bot', name: 'bot' };
  const entry = { type: 'system', seq: 2, what: 'kicked', at: clock.now(), user } as const;
  gateway.entries('lobby').push(entry);
  gateway.push('lobby', { ...entry, room: 'lobby' });
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

it('are whole after a lost connection, before another part comes, and go if they ended meanwhile', async () => {
  const { harness, bot, reader, writer, shown } = await writing();
  const away = async (during: () => void) => {
    reader.chat.close();
    during();
    await harness.clock.pass(1_000);
    reader.chat.connect();
    void reader.room.join({ after: reader.room.snapshot.cursor });
    await harness.clock.pass(1_000);
    return shown().sort();
  };
  const other = createDraftWriter(bot.room, 2, OPTIONS(harness));
  writer.write('one ');
  other.write('another');
  await harness.clock.pass(1_000);

  expect(await away(() => writer.write('two'))).toEqual(['another', 'one two']);
  expect(await away(() => other.end())).toEqual(['one two']);
  expect(received(harness, 'getDraft')).toHaveLength(4);
});

it('are asked for no further at a join once the server asks to wait', async () => {
  const { harness, bot, reader, writer, shown } = await writing();
  const others = [2, 3].map((of) => createDraftWriter(bot.room, of, OPTIONS(harness)));
  for (const each of [writer, ...others]) each.write('half');
  await harness.clock.pass(1_000);
  refuse(harness, 'getDraft', { code: 'rateLimited', retryAfterMs: 1_000 });

  reader.chat.close();
  reader.chat.connect();
  void reader.room.join();
  await harness.clock.pass(1_000);

  expect(shown()).toHaveLength(3);
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
    ({ harness }) => removeBot(harness),
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

it('end once the server takes the end', async () => {
  const { harness, writer, shown } = await writing();
  writer.write('half');
  await harness.clock.pass(1_000);
  refuse(harness, 'draft', { code: 'rateLimited', retryAfterMs: 3_000 });

  writer.end();
  await harness.clock.pass(1_000);
  const before = shown();
  await harness.clock.pass(10_000);

  expect([before, shown()]).toEqual([['half'], []]);
  expect(received(harness, 'draft')).toHaveLength(3);
});

it('end after ten repeats in vain', async () => {
  const { harness, writer } = await writing();
  refuse(harness, 'draft', { code: 'unavailable' }, 100);

  writer.write('half');
  await harness.clock.pass(600_000);

  expect(received(harness, 'draft')).toHaveLength(11);
});

it('stop at 4,000 characters', async () => {
  const { harness, writer, shown } = await writing();

  writer.write('x'.repeat(3_999));
  writer.write('😀'.repeat(2));
  await harness.clock.pass(5_000);

  expect(shown()).toEqual([`${'x'.repeat(3_999)}😀`]);
});

it('end at 4,000 characters, whatever comes', async () => {
  const { harness, shown } = await writing();

  for (const offset of [0, 3_000]) {
    const part = { of: 1, generation: 5, offset, text: 'x'.repeat(3_000), from: BOB };
    harness.gateway.push('lobby', { type: 'draft', room: 'lobby', ...part });
    await harness.clock.pass(1_000);
  }

  expect(shown()).toEqual(['x'.repeat(4_000)]);
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
