import type { Page } from 'playwright-core';
import { join, sharedSite, until } from './site';

jest.setTimeout(90_000);

const box = (page: Page, room: string) => page.getByRole('textbox', { name: `Message to ${room}` });

/** Goes to a room. Gives the text that waits there. */
async function waiting(page: Page, room: string): Promise<string> {
  await page.evaluate((name) => location.assign(`#${name}`), room);
  await box(page, room).waitFor();
  return box(page, room).inputValue();
}

describe('a text that is not sent', () => {
  const site = sharedSite();

  it('waits in its room for its user, through a reload and beside another user of the device', async () => {
    const { page, offences } = await site.open({ name: 'Ann' });
    const guest = () => page.evaluate(() => localStorage.getItem('edge-chat.guest') ?? '');
    /** As if the user's session had ended, without a sign-out: that would remove every draft. */
    const become = async (other?: string) => {
      await page.evaluate((stored) => {
        if (stored === undefined) localStorage.removeItem('edge-chat.guest');
        else localStorage.setItem('edge-chat.guest', stored);
      }, other);
      await page.reload();
    };
    await box(page, 'lobby').fill('of Ann in lobby');
    expect(await waiting(page, 'ops')).toBe('');
    await box(page, 'ops').fill('of Ann in ops');
    expect(await waiting(page, 'lobby')).toBe('of Ann in lobby');
    await page.reload();
    expect(await waiting(page, 'ops')).toBe('of Ann in ops');
    const ann = await guest();

    await become();
    await join(page, 'Bob');
    expect(await waiting(page, 'ops')).toBe('');
    expect(await waiting(page, 'lobby')).toBe('');
    await box(page, 'lobby').fill('of Bob in lobby');
    await until('it is stored', () =>
      page.evaluate(() => localStorage.getItem('edge-chat.drafts')?.includes('of Bob') === true),
    );

    await become(ann);
    expect(await waiting(page, 'lobby')).toBe('of Ann in lobby');
    expect(await waiting(page, 'ops')).toBe('of Ann in ops');
    expect(offences).toEqual([]);
  });

  it('is gone after a sign-out', async () => {
    const { page } = await site.open({ name: 'Ann' });
    await box(page, 'lobby').fill('private');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Your name').waitFor();

    expect(await page.evaluate(() => JSON.stringify({ ...localStorage }))).not.toContain('private');
  });
});
