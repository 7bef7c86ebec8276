import type { Locator, Page } from 'playwright-core';
import { findings } from './axe';
import { message, sharedSite, until } from './site';

jest.setTimeout(90_000);

const SIZES = {
  desktop: { width: 1000, height: 700 },
  phone: { width: 390, height: 844 },
};

/** How a user opens the menu of the newest message, and takes what it offers. */
interface Way {
  open(page: Page, row: Locator): Promise<void>;
  choose(page: Page, item: Locator): Promise<void>;
}

const byPointer: Way = {
  async open(_page, row) {
    await row.hover();
    const button = row.getByRole('button', { name: /^Actions/ });
    await until('the button is shown', () =>
      button.evaluate((each) => getComputedStyle(each).opacity === '1'),
    );
    await button.click();
  },
  choose: (_page, item) => item.click(),
};

const byFinger: Way = {
  async open(page, row) {
    const { x = 0, y = 0 } = (await row.locator('.text').boundingBox()) ?? {};
    const finger = await page.context().newCDPSession(page);
    const touchPoints = [{ x: x + 5, y: y + 5 }];
    await finger.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints });
    await page.getByRole('menu').waitFor();
    await finger.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  },
  choose: (_page, item) => item.tap(),
};

const byKeyboard: Way = {
  async open(page) {
    await page.getByRole('log').focus();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
  },
  async choose(page, item) {
    const hasFocus = () => item.evaluate((each) => each === document.activeElement);
    for (let step = 0; step < 6 && !(await hasFocus()); step += 1) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
  },
};

const WAYS = { 'on hover': byPointer, 'on long press': byFinger, 'by keyboard': byKeyboard };

describe.each(Object.entries(SIZES))('the menu of a message on a %s', (_size, viewport) => {
  const site = sharedSite();
  let page: Page;
  let offences: string[];
  /** A repeat of a test writes other messages. */
  let made = 0;

  beforeAll(async () => {
    ({ page, offences } = await site.open({ name: 'Ann', browser: { viewport, hasTouch: true } }));
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  });

  it.each(Object.entries(WAYS))(
    '%s replies, reacts, edits, copies a link, and deletes',
    async (_name, way) => {
      made += 1;
      const take = async (text: string, item: string) => {
        await way.open(page, message(page, text));
        await page.getByRole('menu').waitFor();
        await way.choose(page, page.getByRole('menuitem', { name: item, exact: true }));
        await page.getByRole('menu').waitFor({ state: 'detached' });
      };
      const write = async (text: string, button: string) => {
        await page.getByRole('textbox', { name: /^Message to/ }).fill(text);
        await page.getByRole('button', { name: button, exact: true }).click();
      };
      await write(`first ${made}`, 'Send');
      await message(page, `first ${made}`).locator('.row-menu').waitFor({ state: 'attached' });

      await take(`first ${made}`, 'Reply');
      await page.getByText('Reply to').waitFor();
      await write(`answer ${made}`, 'Send');
      const answer = message(page, `answer ${made}`);
      await answer.getByRole('button', { name: /^In reply to/ }).waitFor();
      await answer.locator('.row-menu').waitFor({ state: 'attached' });

      await take(`answer ${made}`, 'React');
      await page.getByRole('dialog', { name: 'React' }).getByRole('button', { name: 'thumbs up' }).click();
      await answer.locator('.chip[aria-pressed=true]', { hasText: '👍' }).waitFor();

      await take(`answer ${made}`, 'Copy link');
      const seq = await answer.getAttribute('data-seq');
      await until('the link is copied', async () =>
        (await page.evaluate(() => navigator.clipboard.readText())).endsWith(`#lobby/${seq}`),
      );

      await take(`answer ${made}`, 'Edit');
      await page.getByText('Edit your message').waitFor();
      await write(`edited ${made}`, 'Save');
      await message(page, `edited ${made}`).getByText('edited', { exact: true }).waitFor();

      await take(`edited ${made}`, 'Delete');
      await page.locator(`[data-seq="${seq}"]`).getByText('This message was deleted.').waitFor();
      expect(await findings(page)).toEqual([]);
      expect(offences).toEqual([]);
    },
  );
});
