import type { Page } from 'playwright-core';
import { join, message, say, sharedSite, until, type Visit } from './site';

jest.setTimeout(60_000);

const box = (page: Page) => page.getByRole('textbox', { name: /^Message to/ });
const stored = (page: Page, key: string) =>
  page.evaluate((name) => JSON.parse(localStorage.getItem(`edge-chat.${name}`) ?? 'null'), key);

describe('two tabs of one browser', () => {
  const site = sharedSite();
  let first: Visit;
  let second: Page;

  beforeEach(async () => {
    first = await site.open({ name: 'Ann' });
    second = await first.page.context().newPage();
    await second.goto(`${site.stack.url}/#lobby`);
    await box(second).waitFor();
  });
  afterEach(() => first.page.context().close());

  it('sign out together, and leave nothing of the user', async () => {
    await box(first.page).fill('the PIN is 4711');
    await box(second).fill('the PIN is 0815');
    await first.page.getByRole('button', { name: 'Sign out' }).click();

    await second.getByText(/^You signed out in another tab/).waitFor();
    expect(await second.evaluate(() => Object.keys(localStorage))).toEqual([]);
    await second.reload();
    await join(second, 'Bob');
    expect(await box(second).inputValue()).toBe('');
  });

  it('show a new name in both', async () => {
    await first.page.getByRole('button', { name: 'Change name' }).click();
    await first.page.getByRole('button', { name: 'Cancel' }).click();
    await first.page.getByRole('button', { name: 'Change name' }).click();
    await join(first.page, 'Anna');

    await second.locator('.me').getByText('Anna', { exact: true }).waitFor();
  });

  it('say that a link names no room, and let the only room stay', async () => {
    await first.page.evaluate(() => location.assign('#Bad%20Room'));

    await first.page.getByRole('alert').filter({ hasText: 'The link names no room.' }).waitFor();
    expect(await second.getByRole('button', { name: /^Leave/ }).count()).toBe(0);
    expect(await stored(second, 'rooms')).toEqual(['lobby']);
  });

  it('join the lists of their rooms', async () => {
    await first.page.evaluate(() => location.assign('#alpha'));
    await second.evaluate(() => location.assign('#beta'));

    for (const page of [first.page, second])
      for (const room of ['alpha', 'beta']) await page.getByRole('link', { name: room }).waitFor();
    expect(await stored(second, 'rooms')).toEqual(['lobby', 'alpha', 'beta']);
  });

  it('never take a read mark back', async () => {
    await first.page.evaluate(() => location.assign('#away'));
    await until('the room is stored', async () => (await stored(first.page, 'read'))?.away === 0);
    for (const text of ['one', 'two', 'three']) await say(second, text);
    await message(second, 'three').getByText('sent', { exact: true }).waitFor();
    const head = await markOnceRead(second);

    await first.page.evaluate(() => location.assign('#elsewhere'));
    await until('the room is stored', async () => (await stored(first.page, 'read'))?.elsewhere === 0);
    expect((await stored(second, 'read')).lobby).toBe(head);
  });

  /** The mark of the lobby once the sent messages are read. */
  async function markOnceRead(page: Page): Promise<number> {
    let mark = 0;
    await until('all is read', async () => {
      mark = (await stored(page, 'read'))?.lobby ?? 0;
      return mark >= 3;
    });
    return mark;
  }
});

describe('a tab', () => {
  const site = sharedSite();
  let ann: Visit;

  beforeAll(async () => {
    ann = await site.open({ name: 'Ann' });
  });

  it('says at once that the device is offline', async () => {
    await until('it is connected', async () => (await ann.page.locator('.banner').count()) === 0);
    await ann.page.context().setOffline(true);
    await ann.page.getByText('You are offline.').waitFor({ timeout: 2_000 });
    await ann.page.context().setOffline(false);
  });

  it('opens without a network', async () => {
    await ann.page.evaluate(async () => void (await navigator.serviceWorker.ready));
    await ann.page.context().setOffline(true);
    await ann.page.reload();

    await box(ann.page).waitFor();
    const answer = await ann.page.evaluate(() =>
      fetch('/worker.js', { cache: 'no-store' }).then(
        () => 'answered',
        () => 'no network',
      ),
    );
    expect(answer).toBe('no network');
    await ann.page.context().setOffline(false);
  });

  it('does not enter a room again by the step back from where it left it', async () => {
    await ann.page.evaluate(() => location.assign('#design'));
    await ann.page.getByRole('button', { name: 'Leave design' }).click();
    await ann.page.getByRole('link', { name: 'design' }).waitFor({ state: 'detached' });
    await ann.page.goBack();

    expect(await ann.page.getByRole('link', { name: 'design' }).count()).toBe(0);
  });

  it('keeps a text that cannot be sent in the box, with the reason', async () => {
    await ann.page.route('**/api/token', (route) =>
      route.fulfill({ status: 403, json: { error: { code: 'forbidden', message: 'Guests are off.' } } }),
    );
    await ann.page.evaluate(() => {
      const guest = JSON.parse(localStorage['edge-chat.guest']);
      localStorage['edge-chat.guest'] = JSON.stringify({ ...guest, expiresAt: 1 });
    });
    await ann.page.reload();
    await ann.page.getByText('Guests are off.').first().waitFor();
    await say(ann.page, 'do not lose me');

    await ann.page.getByText('Not sent. Guests are off.').waitFor();
    expect(await box(ann.page).inputValue()).toBe('do not lose me');
  });

  it('keeps a text in the box that is one too many to wait, with the reason', async () => {
    const { page } = await site.open({ name: 'Eve' });
    site.breakDown();
    await page.getByText(/Trying again/).waitFor();
    for (let i = 1; i <= 200; i++) await say(page, `waits ${i}`);
    await message(page, 'waits 200').waitFor();
    await say(page, 'do not lose me either');

    await page.getByText('Not sent. Too many messages').waitFor();
    expect(await box(page).inputValue()).toBe('do not lose me either');
    site.repair();
  });
});
