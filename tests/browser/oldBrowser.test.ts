import { removeNewFeatures } from './oldBrowser';
import { join, message, say, sharedSite, until, type Visit } from './site';

jest.setTimeout(60_000);

describe('the page in the oldest browser it names', () => {
  const site = sharedSite();
  let ann: Visit;
  let ben: Visit;

  beforeAll(async () => {
    ann = await site.open();
    await ann.page.addInitScript(removeNewFeatures);
    await ann.page.reload();
    await join(ann.page, 'Ann 👩‍🚀');
    ben = await site.open({ name: 'Ben' });
  });

  it('shows, links and sends messages', async () => {
    expect(await ann.page.evaluate(() => ['canParse' in URL, 'Segmenter' in Intl])).toEqual([false, false]);
    await say(ben.page, 'see https://example.com');
    const link = ann.page.locator('.list').getByRole('link', { name: 'https://example.com' });
    await link.waitFor();
    expect(await link.getAttribute('href')).toBe('https://example.com/');

    await say(ann.page, 'from an old browser');
    await message(ben.page, 'from an old browser').waitFor();
  });

  it('goes on when one message cannot be shown', async () => {
    await ann.page.evaluate(() => {
      const { matchAll } = String.prototype;
      String.prototype.matchAll = function (...given) {
        if (String(this).includes('breaks the page')) throw new Error('on purpose');
        return matchAll.apply(this, given);
      };
    });
    await say(ben.page, 'this one breaks the page');
    await say(ben.page, 'this one does not');

    await message(ann.page, 'this one does not').waitFor();
    await ann.page.getByText('This browser cannot show a message here.').waitFor();
    await say(ann.page, 'still here');
    await message(ben.page, 'still here').waitFor();
  });

  it('aligns a text to the side its language begins at', async () => {
    const hebrew = 'שלום לכולם, זו הודעה ארוכה מאוד. '.repeat(12).trim();
    await say(ben.page, hebrew);
    const bubble = message(ann.page, hebrew).locator('.bubble');
    await bubble.waitFor();

    const sides = await bubble.evaluate((each) => {
      const range = document.createRange();
      range.selectNodeContents(each.querySelector('.text') ?? each);
      const lines = [...range.getClientRects()];
      const last = lines.at(-1);
      const box = each.getBoundingClientRect();
      return {
        left: (last?.left ?? 0) - box.left,
        right: box.right - (last?.right ?? 0),
        lines: lines.length,
      };
    });
    expect(sides.lines).toBeGreaterThan(1);
    expect(sides.right).toBeLessThan(sides.left);
  });

  it('shows a text of hostile brackets without a long task', async () => {
    await ann.page.evaluate(() => {
      const longest = { ms: 0 };
      Reflect.set(globalThis, 'longest', longest);
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) longest.ms = Math.max(longest.ms, duration);
      }).observe({ type: 'longtask' });
    });
    for (let sent = 0; sent < 5; sent += 1) await say(ben.page, `https://a.example/${')'.repeat(3_980)}`);
    await say(ben.page, 'after the brackets');

    await message(ann.page, 'after the brackets').waitFor();
    expect(await ann.page.evaluate(() => Reflect.get(globalThis, 'longest').ms)).toBeLessThan(1_000);
    await until('the box is empty', async () => (await ann.page.locator('textarea').inputValue()) === '');
  });
});
