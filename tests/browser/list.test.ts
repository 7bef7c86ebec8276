import type { Page } from 'playwright-core';
import { type LogServer, serveLog } from './log';
import { join, message, say, sharedSite, until } from './site';

jest.setTimeout(90_000);

describe('the list of messages', () => {
  const site = sharedSite();

  async function open(options: Parameters<typeof serveLog>[1]): Promise<{ page: Page; server: LogServer }> {
    const { page } = await site.open({ browser: { viewport: { width: 1000, height: 700 } } });
    const server = await serveLog(page, options);
    await join(page, 'Ann');
    return { page, server };
  }

  const scrollBy = (page: Page, pixels: number) =>
    page.locator('.list').evaluate((list, by) => list.scrollBy(0, by), pixels);
  const fromEnd = (page: Page) =>
    page.locator('.list').evaluate((list) => list.scrollHeight - list.scrollTop - list.clientHeight);

  it('opens at its end, and follows what arrives', async () => {
    const { page, server } = await open({ length: 300 });
    expect(await fromEnd(page)).toBeLessThan(2);

    for (let number = 1; number <= 5; number += 1) server.arrive(`Live ${number}`);

    await message(page, 'Live 5').waitFor();
    expect(await fromEnd(page)).toBeLessThan(2);
    await page.context().close();
  });

  it('loads older messages when one scrolls up, and keeps the place', async () => {
    const { page, server } = await open({ length: 1000 });
    const list = page.locator('.list');
    await list.evaluate((each) => each.scrollTo(0, 900));
    const topOf = (seq: number) =>
      page
        .locator('.row', { hasText: new RegExp(`^(Ben(guest)?|You)?Message ${seq} `) })
        .evaluate((row) => row.getBoundingClientRect().top);
    const seqInSight = Number(
      await list.evaluate((each) => {
        const edge = each.getBoundingClientRect().top;
        const row = [...each.querySelectorAll('.row')].find((one) => one.getBoundingClientRect().top > edge);
        return row?.textContent?.match(/Message (\d+)/)?.[1];
      }),
    );
    const before = await topOf(seqInSight);
    const served = server.served;

    await scrollBy(page, -200);
    await until('an older page is served', () => server.served > served);
    await until('it is in the list', async () => (await page.locator('.row').count()) >= 200);

    expect(Math.abs((await topOf(seqInSight)) - (before + 200))).toBeLessThan(3);
    await page.context().close();
  });

  it('goes back to the beginning, and says that it is one', async () => {
    const { page } = await open({ length: 250 });

    await until('everything is loaded', async () => {
      await page.locator('.list').evaluate((list) => list.scrollTo(0, 0));
      return (await page.locator('.row').count()) === 250;
    });

    await page.locator('.list').evaluate((list) => list.scrollTo(0, 0));
    await page.getByText('This is the beginning of #lobby.').waitFor();
    await page.context().close();
  });

  it('says where older messages have expired', async () => {
    const { page } = await open({ length: 150, expiredUpTo: 120 });

    await page.getByText('Older messages have expired.').waitFor();
    await page.context().close();
  });

  it('does not move while one reads further up, counts what is new, and jumps there', async () => {
    const { page, server } = await open({ length: 300 });
    await scrollBy(page, -1500);
    const before = await page.locator('.list').evaluate((list) => list.scrollTop);

    for (let number = 1; number <= 3; number += 1) server.arrive(`Live ${number}`);
    const jump = page.getByRole('button', { name: '3 new' });
    await jump.waitFor();
    expect(await page.locator('.list').evaluate((list) => list.scrollTop)).toBe(before);
    expect(await page.title()).toBe('(3) #lobby · edge-chat');

    await jump.click();
    await page.getByText('New messages').waitFor();
    await until('the end is in sight', async () => (await fromEnd(page)) < 2);
    await until('all is read', async () => (await page.title()) === '#lobby · edge-chat');
    await page.context().close();
  });

  it('stays where one scrolls to, if a message arrives before the page hears of the scrolling', async () => {
    const { page, server } = await open({ length: 300 });
    await page.evaluate(() =>
      window.addEventListener('scroll', (event) => event.stopImmediatePropagation(), true),
    );

    await scrollBy(page, -1500);
    server.arrive('Live');

    await message(page, 'Live').waitFor({ state: 'attached' });
    expect(await fromEnd(page)).toBeGreaterThan(1000);
    await page.getByRole('button', { name: '1 new' }).waitFor();
    await page.context().close();
  });

  it('marks what was missed while the page was closed, and nothing else', async () => {
    const { page, server } = await open({ length: 3 });
    server.arrive('Seen');
    await message(page, 'Seen').waitFor();
    expect(await page.getByText('New messages').count()).toBe(0);

    server.miss('Missed');
    await page.reload();

    await page.getByText('New messages').waitFor();
    const shown = await page.locator('.separator, .text').allTextContents();
    expect(shown.slice(-3)).toEqual(['Seen', 'New messages', 'Missed']);
    await page.context().close();
  });

  it('shows why a message was not sent, and tries again or forgets it', async () => {
    const { page, server } = await open({ length: 3 });
    server.refuseNext('forbidden', 'Only moderators may write here.');
    await say(page, 'May I?');

    const row = message(page, 'May I?');
    await row.getByRole('alert').filter({ hasText: 'Not sent. Only moderators may write here.' }).waitFor();
    server.refuseNext('forbidden', 'Still only moderators.');
    await row.getByRole('button', { name: 'Try again' }).click();
    await row.getByRole('alert').filter({ hasText: 'Still only moderators.' }).waitFor();
    await row.getByRole('button', { name: 'Try again' }).click();
    await row.getByText('sent', { exact: true }).waitFor();

    server.refuseNext('forbidden', 'No.');
    await say(page, 'Once more');
    await message(page, 'Once more').getByRole('button', { name: 'Discard' }).click();
    await until('it is gone', async () => (await message(page, 'Once more').count()) === 0);
    await page.context().close();
  });
});
