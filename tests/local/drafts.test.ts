import { setTimeout as passes } from 'node:timers/promises';
import type { Chat, Room } from '../../client';
import { startBot } from '../../client/bot';
import { watchDrafts } from '../../client/drafts';
import { signInGuest } from '../../client/guests';
import { chatsOf } from './chats';
import { sharedStack } from './sharedStack';
import { within } from './support';

jest.setTimeout(60_000);

const TOKENS = Array.from({ length: 400 }, (_, i) => `${i}𝄞 `);
const ANSWER = TOKENS.join('');

const stack = sharedStack();
const open = chatsOf(stack);

async function tokenOf(name: string): Promise<string> {
  return (await signInGuest(`${stack.url}/api/token`, name)).token;
}

async function enter(name: string): Promise<{ chat: Chat; room: Room }> {
  const chat = open(await tokenOf(name));
  const room = chat.room('lobby');
  await within(`${name} in the room`, room.join());
  return { chat, room };
}

/** A language model as a bot sees it: 400 tokens in four seconds. */
async function* stream(): AsyncGenerator<string> {
  for (const token of TOKENS) {
    await passes(10);
    yield token;
  }
}

it('a stream of 400 tokens reaches a reader who reconnects in the middle, and ends as one entry', async () => {
  const token = await tokenOf('Helper');
  const bots = [open(token), open(token)].map((chat) =>
    startBot(chat, 'lobby', {
      name: 'helper',
      async answer(_question, draft) {
        for await (const each of stream()) draft.write(each);
        return ANSWER;
      },
    }),
  );
  await within('the bots', Promise.all(bots.map(({ ready }) => ready)));
  const [asker, reader] = [await enter('Ann'), await enter('Bob')];
  const drafts = watchDrafts(reader.room);
  const shown: string[] = [];
  let parts = 0;
  reader.room.on('frame', ({ type }) => {
    if (type === 'draft') parts++;
  });
  const replied = within(
    'the reply',
    new Promise<void>((resolve) => {
      reader.room.on('message', ({ replyTo }) => {
        if (replyTo !== undefined) resolve();
      });
    }),
    30_000,
  );
  let hasCut = false;
  drafts.onChange(() => {
    const [draft] = drafts.snapshot;
    if (!draft) return;
    shown.push(draft.text);
    if (hasCut || draft.text.length < ANSWER.length / 3) return;
    hasCut = true;
    reader.chat.close();
    reader.chat.connect();
    void reader.room.join({ after: reader.room.snapshot.cursor });
  });

  // Until the reply: parts that a busy machine delivers together were written further apart.
  const asked = Date.now();
  await asker.room.send('What is the score?');
  await replied;

  const lasted = (Date.now() - asked) / 1_000;
  console.log(`${parts} parts in ${lasted.toFixed(1)} s, ${shown.length} texts shown.`);
  expect(shown.filter((text) => !ANSWER.startsWith(text))).toEqual([]);
  expect(shown.filter((text) => text.length > ANSWER.length / 2).length).toBeGreaterThan(2);
  expect(parts).toBeLessThanOrEqual(5 * lasted + 10);
  expect(drafts.snapshot).toEqual([]);
  const replies = reader.room.snapshot.messages.filter(({ replyTo }) => replyTo !== undefined);
  expect(replies.map(({ text }) => text)).toEqual([ANSWER]);
});
