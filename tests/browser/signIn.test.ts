import type { Page } from 'playwright-core';
import { message, type Site, say, startSite, type Visit } from './site';

jest.setTimeout(60_000);

/** Signs in at the provider's own page. */
async function signIn(page: Page, person: string): Promise<void> {
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: person }).click();
  await opened(page);
}

async function opened(page: Page): Promise<void> {
  await page.getByRole('log').and(page.locator('[aria-busy=false]')).waitFor();
}

const stored = (page: Page, key: string) =>
  page.evaluate((name) => JSON.parse(localStorage.getItem(`edge-chat.${name}`) ?? 'null'), key);

describe('a team with its own identity provider', () => {
  let site: Site;
  let ann: Visit;

  beforeAll(async () => {
    site = await startSite({ params: { guests: 'off' }, signIn: { tokenSeconds: 60 } });
    ann = await site.open({ hash: '#design' });
    await signIn(ann.page, 'Ann Archer');
  });
  afterAll(() => site?.stop());
  afterEach(() => expect(ann.offences).toEqual([]));

  it('signs in, comes back to the room of the link, and leaves no code in the address', async () => {
    await say(ann.page, 'signed in');

    await message(ann.page, 'signed in').getByText('sent', { exact: true }).waitFor();
    expect(ann.page.url()).toBe(`${site.stack.url}/#design`);
    expect(await ann.page.locator('.me').textContent()).toContain('Ann Archer');
    expect((await stored(ann.page, 'account')).user).toEqual({ id: 'ann', name: 'Ann Archer' });
  });

  it('stays signed in through a reload, and in a second tab', async () => {
    await ann.page.reload();
    await opened(ann.page);
    const second = await ann.page.context().newPage();
    await second.goto(`${site.stack.url}/#design`);
    await opened(second);

    await say(second, 'from the second tab');
    await message(ann.page, 'from the second tab').waitFor();
    await second.close();
  });
});
