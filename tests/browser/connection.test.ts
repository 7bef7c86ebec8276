import { message, say, sharedSite, sharedVisits, tryNow, until } from './site';
import { storedSends } from './storedSends';

jest.setTimeout(60_000);

describe('the page and a connection that breaks', () => {
  const site = sharedSite();
  const [ann, ben] = sharedVisits(site, 'Ann', 'Ben');
  beforeAll(() => ann.page.getByText('Here now 2').waitFor());

  const bannerIsGone = () =>
    until('the banner is gone', async () => (await ann.page.locator('.banner').count()) === 0);
  const banner = (text: RegExp) => ann.page.getByRole('status').filter({ hasText: text });
  /** A wait that leaves time to press the button before it is over. */
  const longWait = () => banner(/Trying again in ([3-9]|\d\d) s/).waitFor({ timeout: 40_000 });

  it('says that it is lost and when it tries again, and tries at once when asked to', async () => {
    site.breakDown();
    await longWait();

    site.repair();
    await ann.page.getByRole('button', { name: 'Try now' }).click();

    await bannerIsGone();
  });

  it('sends what was written meanwhile, once and in order', async () => {
    site.breakDown();
    await banner(/Trying again/).waitFor();
    const texts = ['while away 1', 'while away 2', 'while away 3'];
    for (const text of texts) await say(ann.page, text);
    await message(ann.page, 'while away 3').getByText('sending').waitFor();

    site.repair();
    await tryNow(ann.page);

    await message(ben.page, 'while away 3').waitFor({ timeout: 40_000 });
    expect(await ben.page.getByText(/^while away/).allTextContents()).toEqual(texts);
    await message(ann.page, 'while away 3').getByText('sent', { exact: true }).waitFor();
    expect(await ann.page.getByText(/^while away/).allTextContents()).toEqual(texts);
  });

  it('sends after a reload what was written before it', async () => {
    site.breakDown();
    await banner(/Trying again/).waitFor();
    await say(ann.page, 'before the reload');
    await until('it is kept', async () => (await storedSends(ann.page)) === 1);

    await ann.page.reload();
    await longWait();
    site.repair();
    await tryNow(ann.page);

    await message(ben.page, 'before the reload').waitFor({ timeout: 40_000 });
    await message(ann.page, 'before the reload').getByText('sent', { exact: true }).waitFor();
    expect(await ben.page.getByText('before the reload').count()).toBe(1);
  });

  it('says that the device is offline', async () => {
    await ann.page.context().setOffline(true);
    site.breakDown();

    await banner(/You are offline. What you write is sent once you are back/).waitFor();

    site.repair();
    await ann.page.context().setOffline(false);
    await bannerIsGone();
  });

  it('tells a guest who was away for too long that they are another one now', async () => {
    await ann.page.evaluate(() => {
      const guest = JSON.parse(localStorage['edge-chat.guest']);
      localStorage['edge-chat.guest'] = JSON.stringify({ ...guest, token: 'from.long.ago', expiresAt: 1 });
    });
    await ann.page.reload();

    await ann.page.getByText('you are a new guest now').waitFor();
    await ann.page.getByRole('button', { name: 'OK' }).click();

    // The page may still be on its way in, which has a banner of its own.
    await bannerIsGone();
  });

  it('leaves nothing unsent behind for the next person at this browser', async () => {
    site.breakDown();
    await banner(/Trying again/).waitFor();
    await say(ann.page, 'for nobody else');
    await until('the message is kept', async () => (await storedSends(ann.page)) === 1);

    await ann.page.getByRole('button', { name: 'Sign out' }).click();

    await ann.page.getByLabel('Your name').waitFor();
    await until('nothing is kept', async () => (await storedSends(ann.page)) === 0);
    site.repair();
  });
});
