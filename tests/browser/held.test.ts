import type { Locator, Page } from 'playwright-core';
import { reviewerFile } from '../support/reviewerFile';
import { findings } from './axe';
import { signIn } from './signInSteps';
import { join, message, say, sharedSite, type Visit } from './site';

jest.setTimeout(90_000);

const topOf = async (part: Locator) => (await part.boundingBox())?.y ?? Number.NaN;

const reviewer = reviewerFile(
  "export const handler = async ({ text }) => ({ verdict: text.startsWith('offer') ? 'hold' : 'allow' });",
);

describe('a held message', () => {
  const site = sharedSite({ signIn: {}, reviewer });
  let ann: Visit;
  let gus: Visit;
  /** So many decisions went to the server. */
  let decisions = 0;

  beforeAll(async () => {
    [ann, gus] = [await site.open(), await site.open()];
    ann.page.on('websocket', (socket) =>
      socket.on('framesent', ({ payload }) => {
        if (String(payload).includes('"action":"decide"')) decisions++;
      }),
    );
    await signIn(ann.page, 'Ann Archer');
    await join(gus.page, 'Gus');
    await say(ann.page, 'hello');
    await offer('offer one', 'offer two');
  });

  /** Gus sends messages that the review holds. */
  async function offer(...texts: string[]): Promise<void> {
    for (const text of texts) {
      await say(gus.page, text);
      const own = gus.page.getByRole('article').filter({ hasText: text.slice(0, 20) });
      await own.getByText('This waits for a moderator.').waitFor();
    }
  }
  const waiting = (page: Page) => page.getByRole('list', { name: 'Waiting for a moderator' });
  const line = (page: Page, text: string) => waiting(page).getByRole('listitem').filter({ hasText: text });

  it('is allowed or denied by a moderator, and takes the place of the unsent one after a reload', async () => {
    await gus.page.reload();
    await message(gus.page, 'hello').waitFor();
    await ann.page.getByRole('button', { name: 'Moderate' }).click();
    await line(ann.page, 'offer one').getByText('Gus').first().waitFor();
    expect(await findings(ann.page)).toEqual([]);

    await line(ann.page, 'offer one').getByRole('button', { name: 'Allow Gus', exact: true }).click();
    await line(ann.page, 'offer one').waitFor({ state: 'detached' });
    // Another click may not ask the server again.
    await line(ann.page, 'offer two').getByRole('button', { name: 'Deny Gus', exact: true }).dblclick();
    await waiting(ann.page).waitFor({ state: 'detached' });
    await ann.page.getByRole('button', { name: 'Refresh the reports' }).click();
    expect(decisions).toBe(2);
    await ann.page.keyboard.press('Escape');

    await message(gus.page, 'offer one').waitFor();
    expect(await gus.page.getByText('offer one').count()).toBe(1);
    expect(await gus.page.getByRole('button', { name: 'Discard' }).count()).toBe(0);
    await gus.page.getByRole('button', { name: 'Check again' }).click();
    await gus.page.getByText('The review of this room refused these words.').waitFor();
    await gus.page.getByRole('button', { name: 'Discard' }).click();
    await gus.page.getByText('offer two').waitFor({ state: 'detached' });
  });

  it('tells a moderator beside the held messages that another one decided first', async () => {
    await offer('offer three');
    const second = await ann.page.context().newPage();
    await second.goto(ann.page.url());
    for (const page of [ann.page, second]) {
      await page.getByRole('button', { name: 'Moderate' }).click();
      await line(page, 'offer three').waitFor();
    }
    await line(second, 'offer three').getByRole('button', { name: 'Deny' }).click();
    await waiting(second).waitFor({ state: 'detached' });
    await second.close();

    await line(ann.page, 'offer three').getByRole('button', { name: 'Allow' }).click();
    const alert = ann.page.getByRole('alert').filter({ hasText: 'No message waits' });
    const heading = ann.page.getByRole('heading', { name: 'Reported messages' });
    expect(await topOf(alert)).toBeLessThan(await topOf(heading));
    expect(await findings(ann.page)).toEqual([]);
    await ann.page.getByRole('button', { name: 'Refresh the reports' }).click();
    await alert.waitFor({ state: 'detached' });
    await ann.page.keyboard.press('Escape');
    await gus.page.getByRole('button', { name: 'Check again' }).click();
    await gus.page.getByRole('button', { name: 'Discard' }).click();
  });

  it('does not hide that reports wait behind it', async () => {
    await message(gus.page, 'hello').hover();
    await message(gus.page, 'hello')
      .getByRole('button', { name: /^Actions/ })
      .click();
    await gus.page.getByRole('menuitem', { name: 'Report' }).click();
    await gus.page.getByRole('dialog').getByRole('button', { name: 'Report' }).click();
    await gus.page.getByText('The moderators of this room will see your report.').waitFor();
    await gus.page.keyboard.press('Escape');
    // A frame has no place for three of them.
    await offer(...['four', 'five', 'six'].map((name) => `offer ${name} ${'字'.repeat(3_900)}`));

    await ann.page.getByRole('button', { name: 'Moderate' }).click();
    await line(ann.page, 'offer four').waitFor();
    expect(await ann.page.getByText('No message is reported.').count()).toBe(0);
    const reported = ann.page.getByRole('list', { name: 'Reported messages' }).getByText('hello');
    const more = ann.page.getByRole('button', { name: 'Show more', exact: true });
    await more.click();
    await line(ann.page, 'offer six').waitFor();
    if (await more.isVisible()) await more.click();
    await reported.waitFor();
  });
});
