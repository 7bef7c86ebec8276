import path from 'node:path';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { startChromium } from './chromium';
import type { HooksPage } from './hooksPage';
import { until } from './site';

jest.setTimeout(60_000);

describe('the React hooks, in StrictMode', () => {
  let browser: Browser;
  let bundle: string;
  let page: Page;

  beforeAll(async () => {
    browser = await startChromium();
    const built = await build({
      entryPoints: [path.join(__dirname, 'hooksPage.tsx')],
      bundle: true,
      write: false,
      jsx: 'automatic',
      // StrictMode mounts everything twice in development only.
      define: { 'process.env.NODE_ENV': '"development"' },
    });
    bundle = built.outputFiles[0]?.text ?? '';
  });
  beforeEach(async () => {
    page = await browser.newPage();
    await page.addScriptTag({ content: bundle });
  });
  afterEach(() => page?.close());
  afterAll(() => browser?.close());

  /** Does something to the page, or asks it something. */
  const act = <T>(run: (hooks: HooksPage) => T): Promise<T> =>
    page.evaluate((source) => {
      const hooks: HooksPage = Reflect.get(globalThis, 'hooks');
      return new Function('hooks', `return (${source})(hooks)`)(hooks);
    }, run.toString());
  const counts = () => act((hooks) => hooks.counts);
  const shows = (id: string, text: string) =>
    until(
      `#${id} shows ${JSON.stringify(text)}`,
      async () => (await page.locator(`#${id}`).textContent()) === text,
    );

  it('open one socket and join each room once, however many components use them', async () => {
    await act((hooks) => hooks.show(['state', 'texts', 'again', 'people', 'several']));
    await shows('state', 'connected Me');
    await until('both rooms are joined', async () => (await counts()).joins.length >= 2);
    await act((hooks) => hooks.arrive('lobby', 'hello'));

    await shows('texts', 'lobby: hello');
    await shows('again', 'lobby: hello');
    await shows('several', 'lobby 1, second 0');
    expect(await counts()).toMatchObject({ sockets: 1, closed: 0, leaves: [] });
    expect([...(await counts()).joins].sort()).toEqual(['lobby', 'second']);
  });

  it('connect by themselves, without useChat', async () => {
    await act((hooks) => hooks.show(['texts']));
    await until('the room is joined', async () => (await counts()).joins.length === 1);

    expect((await counts()).sockets).toBe(1);
  });

  it('keep a room while one of its components remains, and through a move to another', async () => {
    await act((hooks) => hooks.show(['state', 'texts', 'again']));
    await until('the room is joined', async () => (await counts()).joins.length === 1);
    await act((hooks) => hooks.show(['state', 'again']));
    await act((hooks) => hooks.show(['state', 'people']));
    await act((hooks) => hooks.come('lobby', 'Ben'));
    await shows('people', 'Ben');

    expect(await counts()).toMatchObject({ joins: ['lobby'], leaves: [] });
  });

  it('leave the room after its last component, and disconnect after the last of all', async () => {
    await act((hooks) => hooks.show(['state', 'texts']));
    await until('the room is joined', async () => (await counts()).joins.length === 1);

    await act((hooks) => hooks.show(['state']));
    await until('the room is left', async () => (await counts()).leaves.length === 1);
    expect((await counts()).closed).toBe(0);
    await act((hooks) => hooks.unmount());
    await until('the socket is closed', async () => (await counts()).closed === 1);
  });

  it('connect again when a component comes back', async () => {
    await act((hooks) => hooks.show(['state', 'texts']));
    await shows('state', 'connected Me');
    await act((hooks) => hooks.show([]));
    await until('the socket is closed', async () => (await counts()).closed === 1);

    await act((hooks) => hooks.show(['state', 'texts']));
    await shows('state', 'connected Me');
    await until('the room is joined again', async () => (await counts()).joins.length === 2);
    await act((hooks) => hooks.arrive('lobby', 'back'));
    await shows('texts', 'lobby: back');
  });

  it('join a room that was mounted while the chat was closed, once it is connected', async () => {
    await act((hooks) => hooks.show(['state']));
    await shows('state', 'connected Me');
    await act((hooks) => hooks.close());
    await shows('state', 'disconnected Me');
    await act((hooks) => hooks.show(['state', 'texts']));

    await act((hooks) => hooks.connect());

    await until('the room is joined', async () => (await counts()).joins.includes('lobby'));
  });

  it('show one state everywhere while a transition is under way', async () => {
    await act((hooks) => hooks.show(['state', 'texts']));
    await until('the room is joined', async () => (await counts()).joins.length === 1);

    await act((hooks) => {
      hooks.showLater(['state', 'texts', 'again']);
      hooks.arrive('lobby', 'during');
    });

    await shows('texts', 'lobby: during');
    await shows('again', 'lobby: during');
  });

  it('tell each signal once, and send one', async () => {
    await act((hooks) => hooks.show(['waves']));
    await until('the room is joined', async () => (await counts()).joins.length === 1);

    await act((hooks) => hooks.signal('wave', 'one'));
    await shows('waves', 'one');
    await act((hooks) => hooks.signal('nod', 'other'));
    await act((hooks) => hooks.signal('wave', 'two'));
    await shows('waves', 'one two');
    await page.locator('#waves').click();
    await until('a signal is sent', async () => (await counts()).signals.length === 1);

    expect((await counts()).signals).toEqual(['hi']);
  });

  it('show what is being written', async () => {
    await act((hooks) => hooks.show(['written']));
    await until('the room is joined', async () => (await counts()).joins.length === 1);

    await act((hooks) => hooks.draft(0, 'so '));
    await act((hooks) => hooks.draft(3, 'far'));

    await shows('written', 'You: so far');
  });

  it('follow uploads through an unmount, cancel them, and end them with the chat', async () => {
    await act((hooks) => hooks.show(['state', 'uploads']));
    await until('the room is joined', async () => (await counts()).joins.length === 1);
    const press = (id: string) => page.locator(`#${id}`).evaluate((button: HTMLElement) => button.click());
    await press('begin');
    await shows('uploads', 'a.txt uploading');
    await press('begin');
    await shows('uploads', 'a.txt uploading, a.txt uploading');

    await act((hooks) => hooks.show(['state']));
    await act((hooks) => hooks.show(['state', 'uploads']));
    await shows('uploads', 'a.txt uploading, a.txt uploading');
    await press('end');
    await shows('uploads', 'a.txt uploading');
    await act((hooks) => hooks.close());
    await shows('uploads', '');
    await act((hooks) => hooks.connect());
    await press('begin');

    await shows('uploads', 'a.txt uploading');
  });

  it('edit a message and react to it', async () => {
    await act((hooks) => hooks.show(['living']));
    await until('the room is joined', async () => (await counts()).joins.length === 1);
    await act((hooks) => hooks.arrive('lobby', 'good'));
    await shows('living', 'good');

    await page.locator('#edit').click();
    await shows('living', 'better');
    await page.locator('#clap').click();
    await shows('living', 'better 👏 settled');
  });

  it('show a place far above, and the live end again after an unmount', async () => {
    await act((hooks) => hooks.grow('lobby', 500));
    await act((hooks) => hooks.show(['state', 'place']));
    await until('the room is joined', async () => (await counts()).joins.length === 1);
    await act((hooks) => hooks.arrive('lobby', 'now'));
    await shows('place', 'live: now');

    await page.locator('#place').click();
    await shows('place', 'back: long ago');
    await act((hooks) => hooks.show(['state']));
    await until('the room is left', async () => (await counts()).leaves.length === 1);
    await act((hooks) => hooks.show(['state', 'place']));
    await shows('place', 'live: now');
  });

  it('render presence again only when it changes', async () => {
    await act((hooks) => hooks.show(['people']));
    await until('the room is joined', async () => (await counts()).joins.length === 1);
    await act((hooks) => hooks.come('lobby', 'Ben'));
    await shows('people', 'Ben');
    const before = (await counts()).renders.people;

    await act((hooks) => {
      for (let number = 1; number <= 10; number += 1) hooks.arrive('lobby', `message ${number}`);
    });

    expect((await counts()).renders.people).toBe(before);
  });
});
