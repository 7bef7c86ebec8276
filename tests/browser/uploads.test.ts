import type { BrowserContext, Page, Route } from 'playwright-core';
import { join, message, say, sharedSite, tryNow, until, type Visit } from './site';

jest.setTimeout(90_000);

describe('files that wait for their upload', () => {
  const site = sharedSite({ params: { files: 'on' } });
  let ann: Visit;
  let ben: Visit;

  beforeAll(async () => {
    ben = await site.open({ name: 'Ben', hash: '#kept' });
  });
  beforeEach(async () => {
    ann = await site.open({ name: 'Ann', hash: '#kept' });
    await ann.page.getByLabel('Attach files').waitFor({ state: 'attached' });
  });
  afterEach(async () => {
    site.repair();
    await release();
    await ann.page.context().close();
  });

  const isOfBucket = ({ origin }: URL) => origin !== site.stack.url;
  const held: Route[] = [];
  let isHolding = false;

  /** Lets no form reach the bucket, in no page of a profile, until `release`. */
  async function hold(profile: BrowserContext): Promise<void> {
    isHolding = true;
    await profile.route(isOfBucket, (route) => {
      if (!isHolding) return route.continue();
      held.push(route);
    });
  }
  /** Fails the forms that are held, so that their pages repeat them at once, and lets all others through. */
  async function release(): Promise<void> {
    isHolding = false;
    // A page that is gone has taken its form along.
    await Promise.all(held.splice(0).map((route) => route.abort().catch(() => {})));
  }
  const isHeld = () => until('a form is held', () => held.length > 0);

  /** Sends a picture of its own with these words. */
  async function sendPicture(page: Page, text: string): Promise<void> {
    const files = [{ name: `${text}.gif`, mimeType: 'image/gif', buffer: GIF }];
    await page.getByLabel('Attach files').setInputFiles(files);
    await page.getByRole('img', { includeHidden: true }).first().waitFor();
    await say(page, text);
    await page.getByRole('progressbar', { name: `Upload of ${text}` }).waitFor();
  }
  async function arrivesOnce(text: string): Promise<void> {
    await message(ben.page, text)
      .getByRole('img', { name: `${text}.gif` })
      .waitFor({ timeout: 60_000 });
    await say(ben.page, `${text} has come`);
    await message(ben.page, `${text} has come`).getByText('sent', { exact: true }).waitFor();
    expect(await message(ben.page, text).count()).toBe(1);
    await until('nothing is left', async () => (await stored(ann.page)) === '0 sends, 0 uploads, 0 blobs');
  }
  /** Makes the page's rooms be joined again, which lets it look for what ended pages have left. */
  async function joinAgain(page: Page): Promise<void> {
    site.breakDown();
    await page.getByRole('button', { name: 'Try now' }).waitFor();
    site.repair();
    await tryNow(page);
    await page.locator('.banner').waitFor({ state: 'detached' });
    await say(page, 'joined again');
    await message(page, 'joined again').last().getByText('sent', { exact: true }).waitFor();
  }

  it('are sent once after a reload without a network', async () => {
    const { page } = ann;
    await page.evaluate(async () => void (await navigator.serviceWorker.ready));
    await page.context().setOffline(true);
    await sendPicture(page, 'offline');
    await until('it is kept', async () => (await stored(page)) === '0 sends, 1 uploads, 1 blobs');

    await page.reload();
    await page.getByRole('progressbar', { name: 'Upload of offline' }).waitFor();
    await page.context().setOffline(false);

    await arrivesOnce('offline');
  });

  it('are sent once after a reload that cuts the upload, also from another room', async () => {
    const { page } = ann;
    await hold(page.context());
    await sendPicture(page, 'cut');
    await until('it is kept', async () => (await stored(page)) === '0 sends, 1 uploads, 1 blobs');

    const asked = page.waitForRequest((request) => isOfBucket(new URL(request.url())));
    await page.goto(`${site.stack.url}/#elsewhere`);
    await page.reload();
    await asked;
    await release();

    await arrivesOnce('cut');
  });

  it('are in the outbox only, once they are uploaded', async () => {
    const { page } = ann;
    await hold(page.context());
    await sendPicture(page, 'uploaded');
    await isHeld();
    site.breakDown();
    await release();
    await until('the outbox has it', async () => (await stored(page)).startsWith('1 sends, 0 uploads'));
    await page.reload();
    site.repair();

    await arrivesOnce('uploaded');
  });

  it('are sent by the tab that has them, and by another one after its end', async () => {
    const second = await ann.page.context().newPage();
    await second.goto(`${site.stack.url}/#kept`);
    await hold(ann.page.context());
    await sendPicture(second, 'of a tab');
    await until('it is kept', async () => (await stored(second)) === '0 sends, 1 uploads, 1 blobs');
    await joinAgain(ann.page);
    expect(await ann.page.getByRole('progressbar').count()).toBe(0);

    await second.close();
    await release();
    await joinAgain(ann.page);

    await arrivesOnce('of a tab');
  });

  it('are not sent by another user of the browser, and erased by a sign-out', async () => {
    const { page } = ann;
    await hold(page.context());
    await sendPicture(page, 'of Ann only');
    await until('it is kept', async () => (await stored(page)) === '0 sends, 1 uploads, 1 blobs');
    await page.evaluate(() => localStorage.removeItem('edge-chat.guest'));
    await page.reload();
    await release();
    await join(page, 'Cleo');
    await joinAgain(page);

    expect(await page.getByRole('progressbar').count()).toBe(0);
    expect(await message(ben.page, 'of Ann only').count()).toBe(0);
    expect(await stored(page)).toBe('0 sends, 1 uploads, 1 blobs');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await until('it is erased', async () => (await stored(page)) === '0 sends, 0 uploads, 0 blobs');
  });

  it('are sent from memory, with a word to the user, where the browser stores nothing', async () => {
    const { page } = ann;
    await page.evaluate(() => {
      const { put } = IDBObjectStore.prototype;
      IDBObjectStore.prototype.put = function (...given) {
        const request = put.apply(this, given);
        if (this.name === 'uploads') queueMicrotask(() => this.transaction.abort());
        return request;
      };
    });
    await hold(page.context());
    await sendPicture(page, 'from memory');
    await page.getByText('This browser stores no files: keep the page open until it is sent.').waitFor();
    await isHeld();
    await release();
    await joinAgain(page);

    await arrivesOnce('from memory');
  });

  it('are refused above twenty, and the words and the file stay', async () => {
    const { page } = ann;
    await hold(page.context());
    for (let i = 1; i <= 20; i += 1) await sendPicture(page, `picture ${i}`);
    await page
      .getByLabel('Attach files')
      .setInputFiles({ name: 'last.txt', mimeType: 'text/plain', buffer: GIF });
    await page.getByRole('list', { name: 'Files of this message' }).waitFor();
    await say(page, 'one more');

    await page.getByText('Not sent. At most 20 messages with 250 MB of files can wait').waitFor();
    expect(await page.getByRole('textbox', { name: /^Message to/ }).inputValue()).toBe('one more');
    await page.getByRole('button', { name: 'Remove last.txt' }).waitFor();
  });
});

/** The smallest picture. */
const GIF = Buffer.from(
  '47494638396101000100800000000000ffffff21f90401000000002c000000000100010000020144003b',
  'hex',
);

/** What the page's database has. */
function stored(page: Page): Promise<string> {
  return page.evaluate(
    () =>
      new Promise<string>((resolve, reject) => {
        const opened = indexedDB.open('edge-chat');
        opened.onerror = () => reject(opened.error);
        opened.onsuccess = () => {
          const names = ['sends', 'uploads', 'blobs'];
          const transaction = opened.result.transaction(names);
          const counts = names.map((name) => transaction.objectStore(name).count());
          transaction.oncomplete = () =>
            resolve(names.map((name, i) => `${counts[i]?.result} ${name}`).join(', '));
          opened.result.close();
        };
      }),
  );
}
