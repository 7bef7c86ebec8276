import type { Page } from 'playwright-core';
import { findings } from './axe';
import { type LogServer, serveLog } from './log';
import { join, message, say, sharedSite, until } from './site';

jest.setTimeout(90_000);

describe('an older place of a room', () => {
  const site = sharedSite();

  async function open(length: number, hash = ''): Promise<{ page: Page; server: LogServer }> {
    const { page } = await site.open({ hash, browser: { viewport: { width: 1000, height: 700 } } });
    const server = await serveLog(page, { length });
    await join(page, 'Ann');
    return { page, server };
  }

  const found = (page: Page, seq: number) => page.locator(`.found[data-seq="${seq}"]`);
  const present = (page: Page) => page.getByRole('button', { name: /^Jump to present/ });
  const isInSight = (page: Page, seq: number) =>
    page.locator(`[data-seq="${seq}"]`).evaluate((row) => {
      const { top, bottom } = row.getBoundingClientRect();
      return top >= 0 && bottom <= innerHeight;
    });

  it('opens by its link in one page, and the present by the keyboard', async () => {
    const { page, server } = await open(5000, '#lobby/120');
    await found(page, 120).waitFor();

    expect(await isInSight(page, 120)).toBe(true);
    expect(server.served).toBeLessThan(500);
    expect(await findings(page)).toEqual([]);
    await present(page).focus();
    await page.keyboard.press('Enter');

    await until('the newest message is in sight', () => isInSight(page, 5000));
    expect(await present(page).count()).toBe(0);
    await page.context().close();
  });

  it('opens by a quote by the keyboard, and the focus goes there', async () => {
    const { page, server } = await open(3000);
    server.arrive('unanswered');
    const last = server.entries.at(-1);
    if (last?.type === 'message') last.replyTo = 200;
    await page.reload();
    await page.getByRole('button', { name: /^In reply to/ }).focus();
    await page.keyboard.press('Enter');

    await found(page, 200).waitFor();

    const seq = await page.evaluate(() =>
      document.activeElement?.closest('[data-seq]')?.getAttribute('data-seq'),
    );
    expect(seq).toBe('200');
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Reply' }).waitFor();
    await page.context().close();
  });

  it('opens by a date by the keyboard, at the first message of that day', async () => {
    const { page, server } = await open(5000);
    const day = await page.evaluate(() => {
      const date = new Date(Date.now() - 2 * 86_400_000);
      date.setHours(0, 0, 0, 0);
      const two = (number: number) => String(number).padStart(2, '0');
      return {
        at: date.getTime(),
        field: `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`,
      };
    });
    await page.getByRole('button', { name: 'Go to a date' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Go to a date' });
    expect(await findings(page)).toEqual([]);
    await dialog.getByLabel('Go to').fill(day.field);
    await page.keyboard.press('Enter');

    const seq = server.entries.find(({ at }) => at >= day.at)?.seq ?? 0;
    await found(page, seq).waitFor();
    expect(await dialog.count()).toBe(0);
    await page.context().close();
  });

  it('closes the choice of a date by Escape, and the focus goes back', async () => {
    const { page } = await open(3);
    await page.getByRole('button', { name: 'Go to a date' }).click();
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');

    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe(
      'Go to a date',
    );
    await page.context().close();
  });

  it('that is gone is told, and the room stays as it was', async () => {
    const { page } = await open(150, '#lobby/99999');

    await page.getByRole('alert').filter({ hasText: 'no longer in this room' }).waitFor();
    expect(await isInSight(page, 150)).toBe(true);
    await page.getByRole('button', { name: 'OK' }).click();
    expect(await page.getByRole('alert').count()).toBe(0);
    await page.context().close();
  });

  it('shows what changes there; what arrives meanwhile counts as unread until the present is shown', async () => {
    const { page, server } = await open(1000);
    await page.evaluate(() => location.assign('#lobby/120'));
    await found(page, 120).waitFor();

    server.edit(121, 'other words');
    server.edit(990, 'other words below');
    for (let number = 1; number <= 3; number += 1) server.arrive(`Live ${number}`);

    await message(page, 'other words').waitFor();
    await page.getByRole('button', { name: 'Jump to present, 3 new' }).waitFor();
    expect(await page.title()).toBe('(3) #lobby · edge-chat');
    expect(await message(page, 'Live 3').count()).toBe(0);
    await present(page).click();
    await until('all is read', async () => (await page.title()) === '#lobby · edge-chat');
    expect(await isInSight(page, 1005)).toBe(true);
    expect(await message(page, 'other words below').count()).toBe(1);
    await page.context().close();
  });

  it('leads back to the present by scrolling, and follows it from there', async () => {
    const { page, server } = await open(600, '#lobby/200');
    await found(page, 200).waitFor();

    await until('the present is reached', async () => {
      await page.locator('.list').evaluate((list) => list.scrollTo(0, list.scrollHeight));
      return (await present(page).count()) === 0;
    });
    await page.locator('.list').evaluate((list) => list.scrollTo(0, list.scrollHeight));
    server.arrive('Live');

    await message(page, 'Live').waitFor();
    const rows = await page
      .locator('.row')
      .evaluateAll((all) => all.map((row) => Number(row.getAttribute('data-seq'))));
    expect(rows.every((seq, at) => at === 0 || seq === (rows[at - 1] ?? 0) + 1)).toBe(true);
    expect(rows).toEqual(expect.arrayContaining([200, 601]));
    await page.context().close();
  });

  it('gives way to the present when the user sends', async () => {
    const { page } = await open(600, '#lobby/200');
    await found(page, 200).waitFor();

    await say(page, 'Here I am');

    await message(page, 'Here I am').waitFor();
    expect(await present(page).count()).toBe(0);
    await page.context().close();
  });
});
