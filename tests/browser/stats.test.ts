import { findings } from './axe';
import { message, say, sharedSite, until } from './site';

jest.setTimeout(90_000);

const site = sharedSite();

it.each(['light', 'dark'] as const)('the page of numbers follows what happens: %s', async (colorScheme) => {
  const ann = await site.open({ name: 'Ann' });
  const stats = await site.open({
    hash: '_stats',
    browser: { colorScheme, viewport: { width: 390, height: 780 } },
  });
  const tile = (title: string) =>
    stats.page
      .locator('article')
      .filter({ has: stats.page.getByRole('heading', { name: title, exact: true }) });
  const numberOf = async (title: string) => Number.parseInt(await tile(title).locator('p').innerText(), 10);
  await stats.page.getByText(/^Live/).waitFor();
  const before = await numberOf('Messages');

  await say(ann.page, 'one more');
  await message(ann.page, 'one more').getByText('sent', { exact: true }).waitFor();

  await until('the message is counted', async () => (await numberOf('Messages')) === before + 1);
  const edits = await numberOf('Edits');
  await ann.page.getByRole('textbox', { name: /^Message to/ }).press('ArrowUp');
  await ann.page.getByText('Edit your message').waitFor();
  await say(ann.page, 'one more, edited');
  await until('the edit is counted', async () => (await numberOf('Edits')) === edits + 1);
  expect(await numberOf('Messages')).toBe(before + 1);
  expect(await numberOf('Connected now')).toBeGreaterThan(0);
  expect(await stats.page.getByRole('row').filter({ hasText: 'sendMessage ack' }).count()).toBeGreaterThan(
    before,
  );
  expect(await findings(stats.page)).toEqual([]);
  expect(await stats.page.content()).not.toContain('one more');
});

it('a page of numbers without its stack says so', async () => {
  const { page } = await site.open({ hash: '_stats' });
  await page.getByText(/^Live/).waitFor();
  await page.route('**/_stats/numbers', (route) => route.abort());

  await page.getByText('The stack does not answer. Trying on…').waitFor();
});

it('runs under a policy of its own, and only what it is made of is served', async () => {
  const answer = await fetch(`${site.stack.url}/_stats`);
  expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/);
  expect(answer.headers.get('cache-control')).toBe('no-store');

  expect((await fetch(`${site.stack.url}/_stats/../../package.json`)).status).toBe(404);
  expect((await fetch(`${site.stack.url}/_stats/other`)).status).toBe(404);
});

it('is no part of what is deployed', () => {
  expect(JSON.stringify(site.stack.template)).not.toContain('_stats');
});
