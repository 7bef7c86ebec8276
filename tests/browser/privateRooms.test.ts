import type { Locator, Page } from 'playwright-core';
import { findings } from './axe';
import { signIn } from './signInSteps';
import { join, message, say, sharedSite, until, type Visit } from './site';

jest.setTimeout(90_000);

const link = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name });
const openHash = (page: Page, hash: string) => page.evaluate((to) => location.assign(to), hash);
const fontSize = (part: Locator) => part.evaluate((element) => getComputedStyle(element).fontSize);
const newRoom = (page: Page) => page.getByRole('button', { name: 'New private room' });

describe('a private room', () => {
  const site = sharedSite({ signIn: {} });
  let ann: Visit;
  let gus: Visit;

  /** Fills in a user for the room, and presses a button. */
  async function list(user: string, button: string): Promise<void> {
    await ann.page.getByRole('button', { name: 'Moderate' }).click();
    const form = ann.page.getByLabel('Name or id of a user for this private room');
    await form.fill(user);
    expect(await findings(ann.page)).toEqual([]);
    await ann.page.getByRole('button', { name: button, exact: true }).click();
    await ann.page
      .getByRole('status')
      .filter({ hasText: /^The user may/ })
      .waitFor();
    await until('the field is empty', async () => (await form.inputValue()) === '');
    await ann.page.keyboard.press('Escape');
  }
  const isOut = () => gus.page.getByText(/^You are not in this room/).waitFor();

  beforeAll(async () => {
    [ann, gus] = [await site.open(), await site.open()];
    await signIn(ann.page, 'Ann Archer');
    await join(gus.page, 'Gus');
    await say(gus.page, 'hello from Gus');
    await message(ann.page, 'hello from Gus').waitFor();
  });

  it('is made by a moderator, with a title, and lets no other user in', async () => {
    expect(await newRoom(gus.page).count()).toBe(0);
    await newRoom(ann.page).click();
    const dialog = ann.page.getByRole('dialog', { name: 'New private room' });
    await dialog.getByLabel('Name').fill('!!');
    await ann.page.keyboard.press('Enter');
    await dialog.getByRole('alert').waitFor();
    await dialog.getByLabel('Name').fill('The Den');
    await dialog.getByLabel('Title').fill('Plans for May');
    expect(await findings(ann.page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Create' }).click();

    await ann.page.getByRole('textbox', { name: 'Message to the-den' }).waitFor();
    await ann.page.getByRole('main').getByText('Plans for May').waitFor();
    await ann.page.getByText('Private room:').waitFor();
    await link(ann.page, 'Plans for May the-den').waitFor();
    await openHash(gus.page, '#the-den');
    await isOut();
    await openHash(gus.page, '#lobby');
  });

  it('keeps the name of a user whom nobody knows in its field', async () => {
    await ann.page.getByRole('button', { name: 'Moderate' }).click();
    const field = ann.page.getByLabel('Name or id of a user for this private room');
    await field.fill('Nobody');
    await ann.page.keyboard.press('Enter');
    await ann.page.getByRole('alert').filter({ hasText: 'must be the id of a user' }).waitFor();
    expect(await field.inputValue()).toBe('Nobody');
    await ann.page.keyboard.press('Escape');
  });

  it('is entered by a user whom a moderator adds by name, until the moderator removes the user', async () => {
    await list('gus', 'Add');
    await link(gus.page, 'Plans for May the-den').click();
    await say(gus.page, 'a plan');
    await message(ann.page, 'a plan').waitFor();

    await list('Gus', 'Remove from the room');
    await isOut();
    await ann.page.getByText('Gus was removed from this room by you.').waitFor();
    await openHash(gus.page, '#lobby');
    await link(gus.page, 'the-den').waitFor({ state: 'detached' });
  });

  it('is left for good by a user, on a phone', async () => {
    await gus.page.setViewportSize({ width: 390, height: 844 });
    await list('Gus', 'Add');
    await openHash(gus.page, '#the-den');
    await message(gus.page, 'a plan').waitFor();
    await gus.page.getByRole('button', { name: 'Leave for good' }).focus();
    await gus.page.keyboard.press('Enter');
    const dialog = gus.page.getByRole('dialog', { name: 'Leave for good' });
    await dialog.waitFor();
    expect(await findings(gus.page)).toEqual([]);
    const [size, pageSize] = await Promise.all([dialog.locator('p'), gus.page.locator('body')].map(fontSize));
    expect(size).toBe(pageSize);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    // Of a closed dialog the role is gone before the page has heard of it.
    await gus.page.locator('dialog').waitFor({ state: 'detached' });
    await gus.page.keyboard.press('Enter');
    await dialog.getByRole('button', { name: 'Leave', exact: true }).click();

    await gus.page.getByRole('textbox', { name: 'Message to lobby' }).waitFor();
    await ann.page.getByText('Gus left this room.').waitFor();
    await openHash(gus.page, '#the-den');
    await isOut();
  });
});
