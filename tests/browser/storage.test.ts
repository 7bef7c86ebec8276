import type { Page } from 'playwright-core';
import { join, message, type Site, say, sharedSite, tryNow, until, type Visit } from './site';
import { storedSends } from './storedSends';

jest.setTimeout(90_000);

/** Makes the browser's database answer late, and each access of its storage take long. */
function slowDown({ databaseMs, storageMs }: { databaseMs: number; storageMs: number }): void {
  const late = (owner: object, name: string, isMeant: (target: object) => boolean) => {
    const property = Object.getOwnPropertyDescriptor(owner, name);
    Object.defineProperty(owner, name, {
      ...property,
      set(listener: (this: object, event: Event) => void) {
        const delayed = function (this: object, event: Event) {
          setTimeout(() => listener.call(this, event), databaseMs);
        };
        property?.set?.call(this, isMeant(this) ? delayed : listener);
      },
    });
  };
  late(IDBRequest.prototype, 'onsuccess', (target) => target instanceof IDBOpenDBRequest);
  late(IDBTransaction.prototype, 'oncomplete', () => true);
  const accessed = { times: 0 };
  Reflect.set(globalThis, 'accessed', accessed);
  for (const name of ['getItem', 'setItem', 'removeItem'] as const) {
    const original: (...given: string[]) => unknown = Storage.prototype[name];
    Reflect.set(Storage.prototype, name, function (this: Storage, ...given: string[]) {
      accessed.times += 1;
      for (const until = performance.now() + storageMs; performance.now() < until; );
      return original.apply(this, given);
    });
  }
}

/** Ends each transaction that writes, as a browser does that has no room. */
function fillUp(): void {
  Reflect.set(globalThis, 'isFull', true);
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (...given) {
    const request = put.apply(this, given);
    if (Reflect.get(globalThis, 'isFull')) this.transaction.abort();
    return request;
  };
}

const texts = (page: Page) => page.locator('.list .text').allTextContents();
const box = (page: Page) => page.getByRole('textbox', { name: /^Message to/ });
const sent = (page: Page, text: string) =>
  message(page, text).getByText('sent', { exact: true }).waitFor({ timeout: 40_000 });

/** Lets the page connect again, and does not wait until it tries. */
async function comeBack(site: Site, page: Page): Promise<void> {
  site.repair();
  await page.locator('.chat').waitFor();
  await tryNow(page);
}

describe('a browser with slow storage', () => {
  const site = sharedSite();
  let ann: Visit;
  let ben: Visit;

  beforeAll(async () => {
    ben = await site.open({ name: 'Ben' });
    ann = await site.open();
    await ann.page.context().addInitScript(slowDown, { databaseMs: 1_000, storageMs: 50 });
    await ann.page.reload();
    await join(ann.page, 'Ann');
  });

  it('sends in order', async () => {
    for (const text of ['slow 1', 'slow 2', 'slow 3']) await say(ann.page, text);
    await sent(ann.page, 'slow 3');

    await message(ben.page, 'slow 3').waitFor();
    expect(await texts(ben.page)).toEqual(['slow 1', 'slow 2', 'slow 3']);
    expect(await texts(ann.page)).toEqual(['slow 1', 'slow 2', 'slow 3']);
  });

  it('does not wait for its storage at every key', async () => {
    await ann.page.evaluate(() => {
      Reflect.set(Reflect.get(globalThis, 'accessed'), 'times', 0);
    });
    const text = 'twenty characters in';
    await box(ann.page).pressSequentially(text);
    const accesses = await ann.page.evaluate(() =>
      Number(Reflect.get(Reflect.get(globalThis, 'accessed'), 'times')),
    );

    expect(await box(ann.page).inputValue()).toBe(text);
    expect(accesses).toBeLessThan(text.length);
    await box(ann.page).fill('');
  });

  it('loses and doubles nothing in a reload between two answers of it', async () => {
    site.breakDown();
    for (const text of ['kept 1', 'kept 2']) await say(ann.page, text);
    await until('both are kept', async () => (await storedSends(ann.page)) === 2);
    await ann.page.reload();
    await comeBack(site, ann.page);

    await message(ben.page, 'kept 2').waitFor({ timeout: 60_000 });
    await sent(ann.page, 'kept 2');
    for (const { page } of [ann, ben])
      expect((await texts(page)).filter((text) => text.startsWith('kept'))).toEqual(['kept 1', 'kept 2']);
  });

  it('gives what a closed tab left to the other one, once', async () => {
    const second = await ann.page.context().newPage();
    await second.goto(`${site.stack.url}/#lobby`);
    await box(second).waitFor();
    site.breakDown();
    await say(second, 'left behind');
    await until('it is kept', async () => (await storedSends(ann.page)) === 1);
    await second.close();
    await comeBack(site, ann.page);

    await message(ben.page, 'left behind').waitFor({ timeout: 60_000 });
    await sent(ann.page, 'left behind');
    expect((await texts(ben.page)).filter((text) => text === 'left behind')).toHaveLength(1);
  });
});

describe('a browser whose storage is cleared under an open page', () => {
  const site = sharedSite();
  let ann: Visit;
  let ben: Visit;

  beforeAll(async () => {
    ben = await site.open({ name: 'Ben' });
  });
  beforeEach(async () => {
    ann = await site.open({ name: 'Ann' });
  });
  afterEach(() => ann.page.context().close());

  async function clear(storageTypes: string): Promise<void> {
    const devtools = await ann.page.context().newCDPSession(ann.page);
    await devtools.send('Storage.clearDataForOrigin', { origin: site.stack.url, storageTypes });
  }

  it('goes on to send, and keeps what it writes then', async () => {
    await say(ann.page, 'before it was cleared');
    await sent(ann.page, 'before it was cleared');
    await clear('indexeddb,cache_storage,service_workers');
    await say(ann.page, 'after it was cleared');
    await sent(ann.page, 'after it was cleared');

    site.breakDown();
    await say(ann.page, 'through a reload');
    await until('it is kept', async () => (await storedSends(ann.page)) === 1);
    await ann.page.reload();
    await comeBack(site, ann.page);
    await message(ben.page, 'through a reload').waitFor({ timeout: 60_000 });
    expect((await texts(ben.page)).slice(-3)).toEqual([
      'before it was cleared',
      'after it was cleared',
      'through a reload',
    ]);
  });

  it('sends what waited when it was cleared', async () => {
    site.breakDown();
    await say(ann.page, 'waited when it was cleared');
    await message(ann.page, 'waited when it was cleared').getByText('sending').waitFor();
    await clear('indexeddb');
    await comeBack(site, ann.page);

    await message(ben.page, 'waited when it was cleared').waitFor({ timeout: 60_000 });
    await sent(ann.page, 'waited when it was cleared');
  });

  it('asks for a name, says why, and goes on, once everything was cleared', async () => {
    await clear('all');
    await ann.page.getByText('or cleared this site’s data.').waitFor();
    await join(ann.page, 'Ann again');
    await say(ann.page, 'everything was cleared');
    await sent(ann.page, 'everything was cleared');

    await message(ben.page, 'everything was cleared').waitFor();
  });

  it('sends from memory once the browser refuses every write, and stores again once it takes them', async () => {
    await say(ann.page, 'on an empty disk');
    await sent(ann.page, 'on an empty disk');
    await ann.page.evaluate(fillUp);

    for (const text of ['on a full disk 1', 'on a full disk 2']) await say(ann.page, text);
    await sent(ann.page, 'on a full disk 2');
    site.breakDown();
    await say(ann.page, 'on a full disk 3');
    await message(ann.page, 'on a full disk 3').getByText('sending').waitFor();
    expect(await storedSends(ann.page)).toBe(0);
    await comeBack(site, ann.page);
    await message(ben.page, 'on a full disk 3').waitFor({ timeout: 60_000 });

    await ann.page.evaluate(() => Reflect.set(globalThis, 'isFull', false));
    site.breakDown();
    await say(ann.page, 'with room again');
    await until('it is kept', async () => (await storedSends(ann.page)) === 1);
    await comeBack(site, ann.page);
    await message(ben.page, 'with room again').waitFor({ timeout: 60_000 });
    await sent(ann.page, 'with room again');
    expect((await texts(ben.page)).slice(-5)).toEqual([
      'on an empty disk',
      'on a full disk 1',
      'on a full disk 2',
      'on a full disk 3',
      'with room again',
    ]);
  });
});
