import type { Page } from 'playwright-core';
import { findings } from './axe';
import { message, say, sharedSite, until, type Visit } from './site';

jest.setTimeout(60_000);

const link = (page: Page, name: RegExp) =>
  page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name });
const heading = (page: Page, name: RegExp) => page.getByRole('heading', { level: 1, name });
const openLobby = (page: Page) => page.evaluate(() => location.assign('#lobby'));

/** Opens the direct room with the author of a message, by its menu. */
async function messageAuthor(page: Page, text: string): Promise<void> {
  await message(page, text).hover();
  await message(page, text)
    .getByRole('button', { name: /^Actions/ })
    .click();
  await page.getByRole('menuitem', { name: 'Message author' }).click();
}

describe('a direct room', () => {
  const site = sharedSite();
  let ann: Visit;
  let ben: Visit;

  beforeAll(async () => {
    [ann, ben] = [await site.open({ name: 'Ann' }), await site.open({ name: 'Ben' })];
    await say(ann.page, 'hello from Ann');
    await say(ben.page, 'hello from Ben');
    await message(ann.page, 'hello from Ben').waitFor();
  });

  it('opens from the menu of a message, and is on the list of the other user at once, by name', async () => {
    await messageAuthor(ann.page, 'hello from Ben');
    await heading(ann.page, /^@?Ben/).waitFor();
    await ann.page.getByText('Nobody has written to').waitFor();
    await link(ben.page, /^Ann/).waitFor();
    await say(ann.page, 'only for you');

    await link(ben.page, /^Ann .*1 unread$/).waitFor();
    await until('the title counts', async () => (await ben.page.title()).startsWith('(1) #lobby'));
    await link(ben.page, /^Ann/).click();
    await heading(ben.page, /^@?Ann/).waitFor();
    await message(ben.page, 'only for you').waitFor();
    await until(
      'the title has the name',
      async () => (await ben.page.title()) === '@\u2068Ann\u2069 · edge-chat',
    );
    await ben.page.getByRole('textbox', { name: 'Message to Ann' }).waitFor();
    expect(await message(ann.page, 'hello from Ben').count()).toBe(0);
    expect(await findings(ben.page)).toEqual([]);

    await ben.page.reload();
    await heading(ben.page, /^@?Ann/).waitFor();
  });

  it('opens from the list of users by keyboard, on a phone too, and keeps the name of a user who is away', async () => {
    const cleo = await site.open({ name: 'Cleo', browser: { viewport: { width: 390, height: 844 } } });
    const { page } = cleo;
    const dan = await site.open({ name: 'Dan' });
    await page.getByRole('button', { name: /show people$/ }).click();
    const button = page.getByRole('button', { name: 'Message Dan' });
    await button.waitFor();
    expect(await page.getByRole('button', { name: 'Message Cleo' }).count()).toBe(0);
    expect(await findings(page)).toEqual([]);
    await button.focus();
    await page.keyboard.press('Enter');

    await heading(page, /^@?Dan/).waitFor();
    await link(dan.page, /^Cleo/).waitFor();
    await dan.page.context().close();
    await page.reload();
    await heading(page, /^@?Dan/).waitFor();
  });

  it('has the latest name of a user who took another one', async () => {
    await openLobby(ben.page);
    await ben.page.getByRole('button', { name: 'Change name' }).click();
    await ben.page.getByRole('textbox').fill('Benjamin');
    await ben.page.keyboard.press('Enter');
    await say(ben.page, 'hello from Benjamin');
    await openLobby(ann.page);
    await message(ann.page, 'hello from Benjamin').waitFor();
    await link(ann.page, /^Benjamin/).waitFor();
    for (const text of ['first', 'second']) {
      await say(ann.page, text);
      await message(ann.page, text).getByText('sent', { exact: true }).waitFor();
      expect(await link(ann.page, /^Benjamin/).count()).toBe(1);
    }
  });

  it('tells users of one name apart, and takes a hostile name for a text', async () => {
    await openLobby(ann.page);
    const names = ['Ben', '\u202e<img src=x onerror=alert(1)>'];
    for (const [i, name] of names.entries()) {
      const visit = await site.open({ name });
      await say(visit.page, `I am number ${i}`);
      await message(ann.page, `I am number ${i}`).waitFor();
      await messageAuthor(visit.page, 'hello from Ann');
      await heading(visit.page, /^@?Ann/).waitFor();
    }

    await until('both are on the list', async () => (await link(ann.page, /^Ben/).count()) === 2);
    const marks = await link(ann.page, /^Ben/).locator('.mark').allTextContents();
    expect(new Set(marks).size).toBe(2);
    const hostile = link(ann.page, /onerror/);
    await hostile.click();
    expect(await hostile.locator('bdi').first().textContent()).toBe(names[1]);
    expect(await ann.page.locator('nav img').count()).toBe(0);
  });

  it('tells why it does not open', async () => {
    await openLobby(ann.page);
    await message(ann.page, 'hello from Ben').waitFor();
    site.breakDown();
    await ann.page.getByText(/Trying again/).waitFor();
    await messageAuthor(ann.page, 'hello from Ben');
    const dialog = ann.page.getByRole('dialog', { name: 'Message a user' });
    await dialog.getByRole('alert').filter({ hasText: 'You cannot write to Ben here.' }).waitFor();
    site.repair();
    await ann.page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });
});
