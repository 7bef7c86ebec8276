import WebSocket from 'ws';
import { type Chat, createChat, type Room, webSocketFrom } from '../../client';
import { startBot } from '../../client/bot';
import { createDraftWriter, type DraftWriter } from '../../client/drafts';
import { signInGuest } from '../../client/guests';
import { sendSignal } from '../../client/signals';
import { createDeferred } from '../../client/util/deferred';
import { findings } from './axe';
import { message, say, sharedSite, type Visit } from './site';

jest.setTimeout(90_000);

describe('a reply that a bot is writing', () => {
  const site = sharedSite();
  let ann: Visit;
  let ben: Visit;
  let token: string;
  const chats: Chat[] = [];

  const draft = ({ page }: Visit) => page.locator('article[aria-busy=true]');
  const status = ({ page }: Visit) => page.locator('.list [role=status]');

  /** Another copy of the bot. */
  async function enter(): Promise<{ chat: Chat; room: Room }> {
    const chat = createChat({
      ...{ url: site.stack.socketUrl, token: () => token, open: webSocketFrom(WebSocket) },
    });
    chats.push(chat);
    chat.connect();
    const room = chat.room('lobby');
    await room.join();
    return { chat, room };
  }

  beforeAll(async () => {
    [ann, ben] = [await site.open({ name: 'Ann' }), await site.open({ name: 'Ben' })];
    token = (await signInGuest(`${site.stack.url}/api/token`, 'Helper')).token;
  });
  afterEach(() => {
    for (const chat of chats.splice(0)) chat.close();
  });

  it('grows on each page, whole on one that was away, until its message takes its place', async () => {
    const { chat } = await enter();
    const [asked, written] = [createDeferred<Pick<DraftWriter, 'write'>>(), createDeferred<string>()];
    const bot = startBot(chat, 'lobby', {
      name: 'helper',
      answer(_question, draft) {
        asked.resolve(draft);
        return written.promise;
      },
    });
    await bot.ready;
    await say(ann.page, 'What is the answer?');
    const writer = await asked.promise;

    writer.write('The <b>answer</b> is');
    for (const visit of [ann, ben]) await draft(visit).getByText('The <b>answer</b> is').waitFor();
    await status(ann).evaluate((line) => {
      const changes = new MutationObserver((each) =>
        line.setAttribute('data-told', `${Number(line.getAttribute('data-told')) + each.length}`),
      );
      changes.observe(line, { childList: true, characterData: true, subtree: true });
    });
    await ben.page.context().setOffline(true);
    await ben.page.locator('.banner').waitFor();
    writer.write(' **42**');
    await draft(ann).locator('strong', { hasText: '42' }).waitFor();
    expect(await draft(ben).innerText()).not.toContain('42');
    await ben.page.context().setOffline(false);
    await draft(ben).locator('strong', { hasText: '42' }).waitFor();

    expect(await draft(ann).getAttribute('aria-live')).toBe('off');
    expect(await status(ann).innerText()).toBe('Helper is writing…');
    expect(await status(ann).getAttribute('data-told')).toBeNull();
    expect(await findings(ann.page)).toEqual([]);

    written.resolve('It is 42.');
    for (const visit of [ann, ben]) {
      await message(visit.page, 'It is 42.').waitFor();
      await draft(visit).waitFor({ state: 'detached' });
      expect(await status(visit).innerText()).toBe('');
    }
    bot.stop();
  });

  it('is replaced where another copy of the bot takes over, and goes if it ends without a message', async () => {
    const [first, second] = [await enter(), await enter()];
    const { seq } = await first.room.send('Who wins?');
    createDraftWriter(first.room, seq).write('from the first');
    await draft(ann).getByText('from the first').waitFor();

    const writer = createDraftWriter(second.room, seq);
    writer.write('from the second');
    await draft(ann).getByText('from the second').waitFor();
    expect(await draft(ann).count()).toBe(1);
    expect(await draft(ann).innerText()).not.toContain('from the first');

    writer.end();
    await draft(ann).waitFor({ state: 'detached' });
  });

  it('is one of at most five on the page', async () => {
    const { room } = await enter();
    const questions = await Promise.all([1, 2, 3, 4, 5, 6, 7].map((i) => room.send(`Question ${i}?`)));
    const writers = questions.map(({ seq }) => createDraftWriter(room, seq));
    for (const [i, writer] of writers.entries()) {
      writer.write(`draft ${i}`);
      await draft(ann).getByText(`draft ${i}`).waitFor();
    }

    expect(await draft(ann).count()).toBe(5);
    expect(await status(ann).innerText()).toBe('Helper is writing…');
    for (const writer of writers) writer.end();
    await draft(ann).first().waitFor({ state: 'detached' });
  });

  it('is no signal: a signal that no feature of the page knows changes nothing', async () => {
    const { room } = await enter();
    await room.send('before the signal');
    await message(ann.page, 'before the signal').waitFor();
    const main = ann.page.locator('main');
    const before = await main.innerText();
    await sendSignal(room, 'wave', { html: '<img src=x onerror=alert(1)>' });
    await room.send('after the signal');

    const further = message(ann.page, 'after the signal');
    await further.waitFor();
    expect((await main.innerText()).replace(`${await further.innerText()}\n\n`, '')).toBe(before);
    expect(await main.innerHTML()).not.toMatch(/wave|onerror/);
    expect([ann.offences, ben.offences]).toEqual([[], []]);
  });
});
