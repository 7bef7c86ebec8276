import type { Page } from 'playwright-core';
import { findings } from './axe';
import { signIn } from './signInSteps';
import { join, message, say, sharedSite, type Visit } from './site';

jest.setTimeout(90_000);

/** A deletion is sent after five seconds in which the user can undo it. */
const DELETED_MS = 15_000;

describe('a moderator', () => {
  const site = sharedSite({ signIn: {} });
  let ann: Visit;
  let ben: Visit;
  let gus: Visit;

  beforeAll(async () => {
    [ann, ben, gus] = [await site.open(), await site.open(), await site.open()];
    await signIn(ann.page, 'Ann Archer');
    await signIn(ben.page, 'Ben Baker');
    await join(gus.page, 'Gus');
  });

  const panel = (page: Page) => page.getByRole('dialog', { name: 'Moderate' });
  const openButton = (page: Page) => page.getByRole('button', { name: 'Moderate' });
  /** Opens the menu of a message by its button; returns what can be done. */
  const menuOf = async (page: Page, text: string): Promise<string[]> => {
    await message(page, text).hover();
    await message(page, text)
      .getByRole('button', { name: /^Actions/ })
      .click();
    await page.getByRole('menuitem').first().waitFor();
    return page.getByRole('menuitem').allTextContents();
  };

  it('removes a message of another user', async () => {
    await say(ben.page, 'buy now');
    await message(ann.page, 'buy now').waitFor();

    expect(await menuOf(ann.page, 'buy now')).toEqual([
      'Reply',
      'React',
      'Delete',
      'Remove author',
      'Message author',
      'Report',
      'Mark as unread',
      'Copy link',
    ]);
    await ann.page.getByRole('menuitem', { name: 'Delete' }).click();

    await gus.page.getByText('A moderator deleted this message.').waitFor({ timeout: DELETED_MS });
    expect(await message(ben.page, 'buy now').count()).toBe(0);
  });

  it('sees the users with their ids, devices and the time since when, and which are guests', async () => {
    const second = await gus.page.context().newPage();
    await second.goto(`${site.stack.url}/`);
    await second.getByRole('log').and(second.locator('[aria-busy=false]')).waitFor();

    await openButton(ann.page).focus();
    await ann.page.keyboard.press('Enter');
    const line = (name: string) => panel(ann.page).getByRole('listitem').filter({ hasText: name });
    await line('Gus')
      .getByText(/^2 devices since .*\d{2}:\d{2}$/)
      .waitFor();
    await line('Gus').getByText('guest', { exact: true }).waitFor();
    await line('Ben Baker')
      .getByText(/^1 device since /)
      .waitFor();
    await line('Ben Baker').getByRole('button', { name: 'ben', exact: true }).waitFor();
    expect(await line('Ben Baker').getByText('guest', { exact: true }).count()).toBe(0);
    expect(await line('Ann Archer').getByRole('button', { name: 'Remove' }).count()).toBe(0);
    expect(await findings(ann.page)).toEqual([]);
    const boxOf = (name: string) => panel(ann.page).getByRole('button', { name, exact: true }).boundingBox();
    const [refresh, close] = [await boxOf('Refresh'), await boxOf('Close')];
    expect((refresh?.x ?? 0) + (refresh?.width ?? 0)).toBeLessThanOrEqual(close?.x ?? 0);

    await second.close();
    await ann.page.keyboard.press('Escape');
    expect(await panel(ann.page).count()).toBe(0);
    expect(await openButton(ann.page).evaluate((button) => button === document.activeElement)).toBe(true);
  });

  it('removes the author of a message for an hour by keyboard, and lets the author back in', async () => {
    await say(ben.page, 'buy today');
    await message(ann.page, 'buy today').waitFor();
    await ann.page.getByRole('log').focus();
    await ann.page.keyboard.press('ArrowUp');
    await ann.page.keyboard.press('Enter');
    await ann.page.getByRole('menuitem', { name: 'Remove author' }).focus();
    await ann.page.keyboard.press('Enter');
    const duration = panel(ann.page).getByLabel('Keep Ben Baker out for');
    await duration.waitFor();
    expect(await duration.evaluate((select) => select === document.activeElement)).toBe(true);
    expect(await findings(ann.page)).toEqual([]);
    await ann.page.keyboard.press('ArrowDown');
    expect(await duration.locator('option:checked').textContent()).toBe('1 hour');
    await ann.page.keyboard.press('Tab');
    await ann.page.keyboard.press('Enter');

    await panel(ann.page).getByText('Ben Baker was removed.').waitFor();
    await gus.page.getByText('Ben Baker was removed from this room by Ann Archer.').waitFor();
    await ben.page.getByText(/You have been removed from this room until /).waitFor();
    const removed = panel(ann.page).getByRole('listitem').filter({ hasText: 'by Ann Archer' });
    const until = await removed.getByText(/^until /).textContent();
    const minutes =
      (Date.parse(until?.replace(/^until (.*) at (.*), by .*$/, '$1 $2') ?? '') - Date.now()) / 60_000;
    expect(minutes).toBeGreaterThan(55);
    expect(minutes).toBeLessThan(61);
    expect(await findings(ann.page)).toEqual([]);

    await removed.getByRole('button', { name: 'Let back in Ben Baker' }).click();
    await panel(ann.page).getByText('No user is kept out of this room.').waitFor();
    await ann.page.keyboard.press('Escape');
    await ben.page.getByRole('button', { name: 'Try again' }).click();
    await say(ben.page, 'back again');
    await message(ann.page, 'back again').waitFor();
  });

  it('mutes a user and sets the room, and the user reads why the box is closed and when it opens', async () => {
    const box = gus.page.getByRole('textbox', { name: 'Message to lobby' });
    const sendButton = gus.page.getByRole('button', { name: 'Send' });
    await openButton(ann.page).click();
    await panel(ann.page).getByRole('button', { name: 'Remove Gus' }).click();
    await panel(ann.page).getByRole('button', { name: 'Mute instead' }).click();

    await gus.page.getByText(/A moderator has muted you here. You may write from /).waitFor();
    await box.fill('not now');
    expect(await sendButton.isDisabled()).toBe(true);
    await panel(ann.page).getByRole('button', { name: 'Unmute Gus' }).click();
    await panel(ann.page).getByText('Gus may write again.').waitFor();
    await gus.page.getByText(/A moderator has muted you/).waitFor({ state: 'detached' });
    await panel(ann.page).getByLabel('Only moderators may write').check();
    await panel(ann.page).getByLabel('Title of the room').fill('The lobby of all');
    await panel(ann.page).getByRole('button', { name: 'Save' }).click();
    for (const text of ['Only moderators may write here.', 'The lobby of all'])
      await gus.page.getByRole('main').getByText(text).waitFor();
    expect(await findings(ann.page)).toEqual([]);
    expect(await findings(gus.page)).toEqual([]);

    await panel(ann.page).getByLabel('Only moderators may write').uncheck();
    await panel(ann.page).getByLabel('Title of the room').fill('');
    await panel(ann.page).getByRole('button', { name: 'Save' }).click();
    await gus.page.getByText('Only moderators may write here.').waitFor({ state: 'detached' });
    await box.fill('');
    await ann.page.keyboard.press('Escape');
  });

  it('has none of this without the right', async () => {
    await say(gus.page, 'hello from Gus');
    await message(ben.page, 'hello from Gus').waitFor();

    expect(await menuOf(ben.page, 'hello from Gus')).toEqual([
      'Reply',
      'React',
      'Message author',
      'Report',
      'Mark as unread',
      'Copy link',
    ]);
    for (const { page } of [ben, gus]) expect(await openButton(page).count()).toBe(0);
  });

  it('sees which users are guests where a message mentions one', async () => {
    const draft = ann.page.getByRole('textbox', { name: 'Message to lobby' });
    const option = (name: string) => ann.page.getByRole('option').filter({ hasText: name });
    await draft.pressSequentially('@Gu');
    await option('Gus').getByText('guest', { exact: true }).waitFor();
    await draft.fill('');
    await draft.pressSequentially('@Be');
    await option('Ben Baker').waitFor();
    expect(await option('Ben Baker').getByText('guest', { exact: true }).count()).toBe(0);
    await draft.fill('');
  });

  it('is told why a removal is refused', async () => {
    await openButton(ann.page).click();
    await panel(ann.page).getByRole('button', { name: 'Remove Gus' }).click();
    await ann.page.context().setOffline(true);
    await site.breakDown();
    await panel(ann.page).getByRole('button', { name: 'Remove', exact: true }).click();

    await panel(ann.page).getByRole('alert').waitFor({ timeout: 20_000 });
    expect(await findings(ann.page)).toEqual([]);
    site.repair();
    await ann.page.context().setOffline(false);
    await ann.page.keyboard.press('Escape');
  });
});
