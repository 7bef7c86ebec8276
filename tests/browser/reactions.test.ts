import type { Locator, Page } from 'playwright-core';
import { SCRIPTS } from '../adversarial/corpus/scripts';
import { findings } from './axe';
import { type LogServer, serveLog } from './log';
import { join, sharedSite, until } from './site';

jest.setTimeout(90_000);

const BEN = { id: 'guest:ben', name: 'Ben' };

describe('reactions to a message', () => {
  const site = sharedSite();

  async function open(): Promise<{ page: Page; server: LogServer; row: Locator }> {
    const { page } = await site.open({ browser: { viewport: { width: 1000, height: 700 } } });
    const server = await serveLog(page, { length: 5 });
    await join(page, 'Ann');
    return { page, server, row: page.locator('[data-seq="4"]') };
  }

  const chip = (row: Locator, name: string) => row.locator('.chip').filter({ hasText: name });
  const choose = async (page: Page, row: Locator, item: string) => {
    await row.hover();
    await row.getByRole('button', { name: /^Actions/ }).click();
    await page.getByRole('menuitem', { name: item, exact: true }).click();
  };

  it('are added by keyboard, shown to the others’ side by side, and taken back', async () => {
    const { page, server, row } = await open();
    server.react(4, BEN, '👍', true);
    await chip(row, '👍').waitFor();
    expect(await chip(row, '👍').getAttribute('title')).toBe('\u2068Ben\u2069');
    await page.getByRole('log').focus();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'React', exact: true }).focus();
    await page.keyboard.press('Enter');
    const picker = page.getByRole('dialog', { name: 'React' });
    await picker.waitFor();
    expect(await findings(page)).toEqual([]);

    await picker.getByRole('button', { name: 'thumbs up' }).press('Enter');

    await row.locator('.chip[aria-pressed=true]', { hasText: '2' }).waitFor();
    expect(await chip(row, '👍').getAttribute('title')).toBe('You, \u2068Ben\u2069');
    expect(await findings(page)).toEqual([]);
    expect(await row.evaluate((each) => each.contains(document.activeElement))).toBe(true);
    await chip(row, '👍').click();
    await row.locator('.chip[aria-pressed=false]', { hasText: '1' }).waitFor();
    await page.context().close();
  });

  it('may be any short text', async () => {
    const { page, row } = await open();
    await choose(page, row, 'React');
    await page.getByLabel('Other').fill('  well done ');
    await page.getByLabel('Other').press('Enter');

    await row.locator('.chip[aria-pressed=true]', { hasText: 'well done 1' }).waitFor();
    await page.context().close();
  });

  it('tell who reacted', async () => {
    const { page, server, row } = await open();
    server.react(4, BEN, '👍', true);
    await chip(row, '👍').click();
    await row.locator('.chip[aria-pressed=true]').waitFor();
    await choose(page, row, 'Show reactions');
    const list = page.getByRole('dialog', { name: 'Reactions' });
    await list.getByRole('listitem').first().waitFor();

    expect(await list.getByRole('listitem').allTextContents()).toEqual(['Ben', 'You']);
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await list.waitFor({ state: 'detached' });
    await page.context().close();
  });

  it('that the server refuses go, and tell why until the user has seen it', async () => {
    const { page, server, row } = await open();
    server.refuseNext('tooMany', 'A message takes 20 names.');
    await choose(page, row, 'React');
    await page.getByRole('button', { name: 'party' }).click();

    await row.getByRole('alert').filter({ hasText: 'not saved. A message takes 20 names.' }).waitFor();
    expect(await row.locator('.chip').count()).toBe(0);
    await row.getByRole('button', { name: 'Try again' }).click();
    await chip(row, '🎉').waitFor();
    await until('the alert is gone', async () => (await row.getByRole('alert').count()) === 0);
    await page.context().close();
  });

  it('run none of forty scripts in their names, or in the names of users', async () => {
    const { page, server, row } = await open();
    for (const [i, script] of SCRIPTS.entries())
      server.react(4, { id: `guest:${i}`, name: script.slice(0, 64) }, script.slice(0, 32), true);
    await until(
      'all are shown',
      async () =>
        (await row.locator('.chip').count()) >= new Set(SCRIPTS.map((each) => each.slice(0, 32))).size,
    );
    await choose(page, row, 'Show reactions');
    await page.getByRole('dialog', { name: 'Reactions' }).getByRole('listitem').first().waitFor();

    expect(
      await page.locator('.chips, .picker').locator('img, iframe, script, object, embed, form, a').count(),
    ).toBe(0);
    expect(await findings(page)).toEqual([]);
    await page.context().close();
  });
});
