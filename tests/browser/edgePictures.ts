import path from 'node:path';
import type { Page } from 'playwright-core';
import { removeNewFeatures } from './oldBrowser';
import { join, message, type Site, say, type Visit } from './site';

const VIEW = {
  viewport: { width: 860, height: 520 },
  deviceScaleFactor: 1,
  reducedMotion: 'reduce',
} as const;
const BAN_MS = 3 * 3_600_000;

/** Makes the pictures of what a user sees at the edges: a sixth tab, a ban, two tabs, an old browser. */
export async function takeEdgePictures(site: Site, folder: string): Promise<void> {
  const picture = (page: Page, name: string) => page.screenshot({ path: path.join(folder, `${name}.png`) });
  const ben = await site.open({ name: 'Ben', browser: VIEW });
  await say(ben.page, 'Hello! Who else is here?');

  const old = await site.open({ browser: VIEW });
  await old.page.addInitScript(removeNewFeatures);
  await old.page.reload();
  await join(old.page, 'Olga');
  await say(old.page, 'Me, from Safari 16.4. See https://example.com');
  await message(ben.page, 'Me, from Safari 16.4. See https://example.com').waitFor();
  await picture(old.page, 'old-browser');

  const ann = await site.open({ name: 'Ann', browser: VIEW });
  const second = await openTab(site, ann);
  await ann.page.getByRole('button', { name: 'Sign out' }).click();
  await second.getByText(/^You signed out in another tab/).waitFor();
  await picture(second, 'two-tabs');

  await join(second, 'Ann');
  for (let tabs = 2; tabs < 5; tabs += 1) await openTab(site, ann);
  const sixth = await ann.page.context().newPage();
  await sixth.goto(`${site.stack.url}/#lobby`);
  await sixth.getByText(/This chat is open in too many tabs or devices: close one\./).waitFor();
  await sixth.getByText(/Trying again in/).waitFor();
  await picture(sixth, 'sixth-tab');

  await site.stack.invoke(site.stack.ref('OperatorBanLambdaFunction'), {
    order: 'ban',
    user: await ben.page.evaluate(() => JSON.parse(localStorage['edge-chat.guest']).user.id),
    forMs: BAN_MS,
  });
  const banned = ben.page.getByText(/You are banned from this chat until/);
  const tryNow = ben.page.getByRole('button', { name: 'Try now' });
  await banned.or(tryNow).first().waitFor({ timeout: 40_000 });
  // The wait may end by itself meanwhile.
  if (await tryNow.isVisible()) await tryNow.click({ timeout: 2_000 }).catch(() => {});
  await banned.waitFor({ timeout: 40_000 });
  await picture(ben.page, 'banned');
}

/** Opens another tab of the same browser. */
async function openTab(site: Site, { page }: Visit): Promise<Page> {
  const tab = await page.context().newPage();
  await tab.goto(`${site.stack.url}/#lobby`);
  await tab.getByRole('log').and(tab.locator('[aria-busy=false]')).waitFor();
  return tab;
}
