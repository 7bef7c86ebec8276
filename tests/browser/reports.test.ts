import type { Page } from 'playwright-core';
import { findings } from './axe';
import { signIn } from './signInSteps';
import { join, message, say, sharedSite, type Visit } from './site';

jest.setTimeout(90_000);

describe('a report', () => {
  const site = sharedSite({ signIn: {} });
  let ann: Visit;
  let gus: Visit;

  beforeAll(async () => {
    [ann, gus] = [await site.open(), await site.open()];
    await signIn(ann.page, 'Ann Archer');
    await join(gus.page, 'Gus');
    await say(ann.page, 'buy now');
    await say(ann.page, 'buy today');
  });

  const reportOf = async (page: Page, text: string) => {
    await message(page, text).hover();
    await message(page, text)
      .getByRole('button', { name: /^Actions/ })
      .click();
    await page.getByRole('menuitem', { name: 'Report' }).click();
    return page.getByRole('dialog', { name: 'Report a message' });
  };

  it('is made with a reason, and the focus comes back to the message', async () => {
    const form = await reportOf(gus.page, 'buy now');
    await form.getByLabel('Why do you report the message of Ann Archer?').fill('An advertisement');
    expect(await findings(gus.page)).toEqual([]);
    await gus.page.keyboard.press('Enter');
    await form.getByText('The moderators of this room will see your report.').waitFor();
    await form.getByRole('button', { name: 'Close' }).click();
    await form.waitFor({ state: 'detached' });
    expect(await gus.page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toMatch(
      /^Actions/,
    );

    const second = await reportOf(gus.page, 'buy today');
    await second.getByRole('button', { name: 'Report' }).click();
    await second.getByText('The moderators of this room will see your report.').waitFor();
    await gus.page.keyboard.press('Escape');
    await second.waitFor({ state: 'detached' });
  });

  it('is seen by a moderator, who dismisses it or deletes the message', async () => {
    await ann.page.getByRole('button', { name: 'Moderate' }).click();
    const list = ann.page.getByRole('list', { name: 'Reported messages' });
    const line = (text: string) => list.getByRole('listitem').filter({ hasText: text });
    await line('buy now').getByText('Gus: An advertisement').waitFor();
    expect(await findings(ann.page)).toEqual([]);

    await line('buy today').getByRole('button', { name: 'Dismiss' }).click();
    await line('buy today').waitFor({ state: 'detached' });
    await line('buy now').getByRole('button', { name: 'Delete message' }).click();
    await ann.page.getByText('No message is reported.').waitFor();
    await message(gus.page, 'buy now').waitFor({ state: 'detached' });
    expect(await message(gus.page, 'buy today').count()).toBe(1);
  });
});
