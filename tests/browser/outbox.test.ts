import { createServer } from 'node:http';
import path from 'node:path';
import { build } from 'esbuild';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Outbox, OutboxShare } from '../../client';
import { type Listening, listen } from '../../local/util/listen';
import { startChromium } from './chromium';

jest.setTimeout(60_000);

/** What the page under test holds; it runs in the browser. */
interface Held {
  createBrowserOutbox(name?: string): Outbox;
  share: OutboxShare;
}
declare const outbox: Held;

let browser: Browser;
let server: Listening;
let profile: BrowserContext;
let script: string;

beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [path.resolve(__dirname, '../../client/outbox/browser.ts')],
    bundle: true,
    format: 'iife',
    globalName: 'outbox',
    write: false,
  });
  script = outputFiles[0]?.text ?? '';
  server = await listen(
    createServer((_request, response) =>
      response.setHeader('content-type', 'text/html').end('<!doctype html>'),
    ),
  );
  browser = await startChromium();
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

beforeEach(async () => {
  profile = await browser.newContext();
});

afterEach(() => profile.close());

/** Opens a page that holds a share of the outbox. */
async function openPage(): Promise<Page> {
  const page = await profile.newPage();
  await page.goto(`http://127.0.0.1:${server.port}/`);
  await page.addScriptTag({ content: script });
  await page.evaluate(async () => {
    outbox.share = await outbox.createBrowserOutbox().open();
  });
  return page;
}

const put = (page: Page, n: number, after?: number) =>
  page.evaluate(
    ([order, known]) =>
      outbox.share.put({
        id: `message-${order}`,
        room: 'lobby',
        text: `text ${order}`,
        at: 1,
        order: order ?? 0,
        state: 'pending',
        ...(known != null && { after: known }),
      }),
    [n, after] as const,
  );

const adopt = async (page: Page) =>
  (await page.evaluate(() => outbox.share.adopt(() => true))).map(({ id, after }) => `${id} ${after ?? '-'}`);

describe('the outbox in a browser', () => {
  it('gives the next page, in order, what a closed one has left', async () => {
    const first = await openPage();
    await put(first, 2);
    await put(first, 1, 7);
    await put(first, 3);
    await first.evaluate(() => outbox.share.remove('message-3'));
    await first.close();

    const second = await openPage();

    expect(await adopt(second)).toEqual(['message-1 7', 'message-2 -']);
    expect(await adopt(second)).toEqual([]);
  });

  it('gives what a page has left to one of two that ask at once', async () => {
    const first = await openPage();
    await put(first, 1);
    await first.close();

    const pages = [await openPage(), await openPage()];
    const adopted = await Promise.all(pages.map(adopt));

    expect(adopted.flat()).toEqual(['message-1 -']);
  });

  it('does not give what an open page holds, and does not let another write it', async () => {
    const first = await openPage();
    await put(first, 1);
    const second = await openPage();

    expect(await adopt(second)).toEqual([]);
    expect(await put(second, 1, 3)).toBe('lost');
    await second.evaluate(() => outbox.share.remove('message-1'));
    await first.evaluate(() => outbox.share.close());
    expect(await adopt(second)).toEqual(['message-1 -']);
  });

  it('outlives a page that crashed', async () => {
    const first = await openPage();
    await put(first, 1, 4);
    await first.goto('chrome://crash').catch(() => {});
    await first.close();

    const second = await openPage();

    expect(await adopt(second)).toEqual(['message-1 4']);
  });

  it('opens again after the browser has cleared it under an open page', async () => {
    const page = await openPage();
    await put(page, 1);
    const devtools = await profile.newCDPSession(page);
    await devtools.send('Storage.clearDataForOrigin', {
      origin: new URL(page.url()).origin,
      storageTypes: 'indexeddb',
    });

    expect(await put(page, 2)).toBe('kept');
    await page.close();
    expect(await adopt(await openPage())).toEqual(['message-2 -']);
  });

  it('rejects where the browser never answers', async () => {
    const page = await openPage();
    const reason = await page.evaluate(() => {
      IDBFactory.prototype.open = () => new EventTarget() as IDBOpenDBRequest;
      return outbox
        .createBrowserOutbox()
        .open()
        .then(
          () => 'opened',
          (error: Error) => error.message,
        );
    });

    expect(reason).toBe("The browser's database did not answer within 5000 ms.");
  });
});
