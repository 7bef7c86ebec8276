import type { Page } from 'playwright-core';
import { findings } from './axe';
import { serveLog } from './log';
import { join, message, type Site, say, startSite, until, type Visit } from './site';

jest.setTimeout(60_000);

const link = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name, exact: true });
const open = async (page: Page, room: string) => {
  await page.evaluate((name) => location.assign(`#${name}`), room);
  await page
    .getByRole('log', { name: `Messages in ${room}` })
    .and(page.locator('[aria-busy=false]'))
    .waitFor();
};
const titled = (page: Page, title: string) =>
  until(`the title is ${title}`, async () => (await page.title()) === title);
const hasUnreadIcon = (page: Page) =>
  page.locator('link[rel=icon]').evaluate((icon: HTMLLinkElement) => icon.href.startsWith('data:'));
const newLine = (page: Page) => page.getByText('New messages');

describe('what a user has read', () => {
  let site: Site;
  let laptop: Visit;
  let phone: Visit;
  let ben: Visit;

  /** Another browser that the user has signed in, with nothing else of the first. */
  async function anotherBrowser(): Promise<Visit> {
    const state = await laptop.page.context().storageState();
    for (const origin of state.origins)
      origin.localStorage = origin.localStorage.filter(({ name }) => !/rooms|read/.test(name));
    return site.open({
      browser: { storageState: state, viewport: { width: 390, height: 844 } },
      hash: '#lobby',
    });
  }

  /** Takes a page out of the user's sight, or brings it back. */
  const lookAway = (page: Page, from: 'focus' | 'sight', isBack = false) =>
    page.evaluate(
      ([from, isBack]) => {
        if (from === 'focus') document.hasFocus = () => isBack;
        else
          Object.defineProperty(document, 'visibilityState', {
            configurable: true,
            value: isBack ? 'visible' : 'hidden',
          });
        dispatchEvent(new Event(isBack ? 'focus' : 'blur'));
        document.dispatchEvent(new Event('visibilitychange'));
      },
      [from, isBack] as const,
    );

  const benSays = async (texts: readonly string[]) => {
    for (const text of texts) {
      await say(ben.page, text);
      await message(ben.page, text).getByText('sent', { exact: true }).waitFor();
    }
  };

  beforeAll(async () => {
    site = await startSite();
    [laptop, ben] = [await site.open({ name: 'Ann' }), await site.open({ name: 'Ben' })];
    await open(laptop.page, 'alpha');
    await link(laptop.page, 'alpha').waitFor();
    await open(laptop.page, 'lobby');
    await open(ben.page, 'alpha');
    phone = await anotherBrowser();
    await phone.page.getByRole('button', { name: 'Rooms' }).waitFor();
  });
  afterEach(() => expect([...laptop.offences, ...phone.offences, ...ben.offences]).toEqual([]));
  afterAll(() => site?.stop());

  it('is the same in two browsers, with a count, a line, a title and an icon', async () => {
    await benSays(['one', 'two', 'three']);
    await link(laptop.page, 'alpha 3 unread').waitFor();
    await titled(laptop.page, '(3) #lobby · edge-chat');
    expect(await hasUnreadIcon(laptop.page)).toBe(true);
    await titled(phone.page, '(3) #lobby · edge-chat');

    await phone.page.reload();
    await titled(phone.page, '(3) #lobby · edge-chat');
    await open(phone.page, 'alpha');
    await newLine(phone.page).waitFor();
    const shown = await phone.page.locator('.separator.new, .text').allTextContents();
    expect(shown).toEqual(['New messages', 'one', 'two', 'three']);
    for (const { page } of [phone, laptop])
      await until('nothing is unread', async () => !(await hasUnreadIcon(page)));
    await link(laptop.page, 'alpha').waitFor();
    await titled(laptop.page, '#lobby · edge-chat');
    expect(await findings(phone.page)).toEqual([]);
  });

  it('tells apart the messages that mention the user, in two browsers', async () => {
    await open(phone.page, 'lobby');
    await benSays(['for all', 'for @Ann too']);
    await link(laptop.page, 'alpha @1 mentions 2 unread').waitFor();
    for (const { page } of [laptop, phone]) await titled(page, '(@1 · 2) #lobby · edge-chat');
    expect(await findings(laptop.page)).toEqual([]);

    await phone.page.reload();
    await titled(phone.page, '(@1 · 2) #lobby · edge-chat');
    await open(phone.page, 'alpha');
    await link(laptop.page, 'alpha').waitFor();
    await titled(laptop.page, '#lobby · edge-chat');
  });

  it.each(['focus', 'sight'] as const)('does not grow by what arrives in a page without %s', async (from) => {
    await open(phone.page, 'lobby');
    await open(laptop.page, 'alpha');
    await lookAway(laptop.page, from);
    await benSays([`no ${from}`]);
    await titled(laptop.page, '(1) #alpha · edge-chat');
    await titled(phone.page, '(1) #lobby · edge-chat');
    await newLine(laptop.page).waitFor();

    await lookAway(laptop.page, from, true);
    await titled(laptop.page, '#alpha · edge-chat');
    await titled(phone.page, '#lobby · edge-chat');
  });

  /** Marks the last message but one as unread, by keyboard. */
  async function markUnread(page: Page): Promise<void> {
    await page.getByRole('log').focus();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Mark as unread' }).click();
  }

  it('is taken back by “Mark as unread” until the room is opened again', async () => {
    const { page } = laptop;
    await markUnread(page);
    await link(page, 'alpha 2 unread').waitFor();
    await titled(phone.page, '(2) #lobby · edge-chat');
    const shown = await page.locator('.separator.new, .text').allTextContents();
    expect(shown.slice(-3)).toEqual(['New messages', 'no focus', 'no sight']);

    await benSays(['later']);
    await link(page, 'alpha 3 unread').waitFor();
    await open(page, 'lobby');
    await link(page, 'alpha 3 unread').waitFor();
    await open(page, 'alpha');
    await link(page, 'alpha').waitFor();
    await titled(phone.page, '#lobby · edge-chat');
  });

  it('goes on after “Mark as unread” once the user writes there', async () => {
    const { page } = laptop;
    await markUnread(page);
    await link(page, 'alpha 2 unread').waitFor();
    await say(page, 'an answer');
    await link(page, 'alpha').waitFor();
    await titled(phone.page, '#lobby · edge-chat');
  });

  it('leaves out what the user wrote on another device', async () => {
    await open(laptop.page, 'lobby');
    await open(phone.page, 'alpha');
    await lookAway(phone.page, 'focus');
    await say(phone.page, 'my own');
    await message(phone.page, 'my own').getByText('sent', { exact: true }).waitFor();
    await benSays(['after it']);

    await link(laptop.page, 'alpha 1 unread').waitFor();
    await lookAway(phone.page, 'focus', true);
    await titled(laptop.page, '#lobby · edge-chat');
  });

  it('is shown by a page whose storage is refused', async () => {
    const { page, offences } = await site.open();
    await page.addInitScript(() => {
      Object.defineProperty(window, 'localStorage', {
        get() {
          throw new DOMException('Refused.', 'SecurityError');
        },
      });
    });
    await page.goto(`${site.stack.url}/?refused#lobby`);
    await join(page, 'Cleo');
    await open(page, 'alpha');
    await link(page, 'alpha').waitFor();
    await open(page, 'lobby');
    await benSays(['for Cleo']);
    await link(page, 'alpha 1 unread').waitFor();
    await open(page, 'alpha');
    await newLine(page).waitFor();
    await titled(page, '#alpha · edge-chat');
    expect(offences).toEqual([]);
  });

  it('has a count above 99 as the server has it', async () => {
    const { page } = await site.open();
    const followed = [
      { room: 'busy', since: 2, head: 200, read: { seq: 1, version: 0 }, unread: '99+' as const },
      { room: 'lobby', since: 1, head: 200, read: { seq: 200, version: 0 }, unread: 0 },
    ];
    await serveLog(page, { length: 200, followed });
    await join(page, 'Ann');

    await link(page, 'busy 99+ unread').waitFor();
    await titled(page, '(99+) #lobby · edge-chat');
  });

  it('is what the browser has stored where the server lists no rooms', async () => {
    const { page } = await site.open();
    const server = await serveLog(page, { length: 3, followed: 'refused' });
    await join(page, 'Ann');
    server.arrive('Seen');
    await message(page, 'Seen').waitFor();
    await until('it is stored', async () =>
      page.evaluate(() => localStorage.getItem('edge-chat.read') === '{"lobby":4}'),
    );
    server.miss('Missed');
    await page.reload();

    await newLine(page).waitFor();
  });
});
