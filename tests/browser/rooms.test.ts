import type { Page } from 'playwright-core';
import { join, message, type Site, say, startSite, until, type Visit } from './site';

jest.setTimeout(60_000);

const link = (page: Page, room: string) =>
  page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name: room });
const open = (page: Page, room: string) => page.evaluate((name) => location.assign(`#${name}`), room);

describe('the rooms of a user', () => {
  let site: Site;
  let laptop: Visit;

  /** Another browser that the user has signed in, with nothing else of the first. */
  async function anotherBrowser(): Promise<Visit> {
    const state = await laptop.page.context().storageState();
    for (const origin of state.origins)
      origin.localStorage = origin.localStorage.filter(({ name }) => !/rooms|read/.test(name));
    const visit = await site.open({ browser: { storageState: state }, hash: '#lobby' });
    await visit.page.locator('.me').getByText('Ann', { exact: true }).waitFor();
    return visit;
  }

  beforeAll(async () => {
    site = await startSite();
    laptop = await site.open({ name: 'Ann' });
  });
  afterAll(() => site?.stop());

  it('are the same in two browsers, and after a reload', async () => {
    await open(laptop.page, 'alpha');
    await link(laptop.page, 'alpha').waitFor();
    await say(laptop.page, 'hello, alpha');
    await message(laptop.page, 'hello, alpha').getByText('sent', { exact: true }).waitFor();
    const phone = await anotherBrowser();
    await link(phone.page, 'alpha').waitFor();

    await open(phone.page, 'beta');
    await link(laptop.page, 'beta').waitFor();
    await phone.page.getByRole('button', { name: 'Leave alpha' }).click();
    // The open room stays until another one is opened.
    await open(laptop.page, 'lobby');
    await link(laptop.page, 'alpha').waitFor({ state: 'detached' });
    await laptop.page.reload();

    await link(laptop.page, 'beta').waitFor();
    expect(await link(laptop.page, 'alpha').count()).toBe(0);
    await until('the list is stored', async () =>
      laptop.page.evaluate(() => localStorage.getItem('edge-chat.rooms') === '["lobby","beta"]'),
    );
    expect([...laptop.offences, ...phone.offences]).toEqual([]);
  });

  it('keeps every room that was opened before the list could be read', async () => {
    const { page, offences } = await site.open({ browser: { serviceWorkers: 'block' } });
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route(/lateParts/, async (route) => {
      await released;
      await route.continue();
    });
    await page.reload();
    await join(page, 'Eve');
    await open(page, 'gamma');
    await page.getByRole('textbox', { name: 'Message to gamma' }).waitFor();
    release();

    await until('the list is stored', async () =>
      page.evaluate(() => localStorage.getItem('edge-chat.rooms') === '["lobby","gamma"]'),
    );
    expect(await page.getByRole('navigation', { name: 'Rooms' }).getByRole('link').count()).toBe(2);
    expect(offences).toEqual([]);
  });
});
