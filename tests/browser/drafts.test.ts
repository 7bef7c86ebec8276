import WebSocket from 'ws';
import { createChat, webSocketFrom } from '../../client';
import { createDraftWriter } from '../../client/drafts';
import { signInGuest } from '../../client/guests';
import { findings } from './axe';
import { sharedSite } from './site';

jest.setTimeout(90_000);

const site = sharedSite();

it('a reply is shown while a bot writes it, until it is sent', async () => {
  const { page } = await site.open({ name: 'Ann' });
  const { token } = await signInGuest(`${site.stack.url}/api/token`, 'Helper');
  const url = site.stack.socketUrl;
  const bot = createChat({ url, token: () => token, open: webSocketFrom(WebSocket) });
  bot.connect();
  const room = bot.room('lobby');
  await room.join();
  const { seq } = await room.send('What is the answer?');
  const writer = createDraftWriter(room, seq);
  const draft = page.locator('article[aria-busy=true]');

  writer.write('The <b>answer</b> is');
  await draft.getByText('The <b>answer</b> is').waitFor();
  writer.write(' **42**');
  await draft.locator('strong', { hasText: '42' }).waitFor();
  expect(await draft.innerText()).toContain('is writing…');
  expect(await findings(page)).toEqual([]);

  await room.send({ text: 'It is 42.', replyTo: seq });
  await page.getByText('It is 42.').waitFor();
  await draft.waitFor({ state: 'detached' });
  bot.close();
});
