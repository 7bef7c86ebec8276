import type { Template } from '../../local/template';
import { message, type Site, say, startSite, type Visit } from './site';

jest.setTimeout(60_000);

const ATTACKS = [
  '<img src=x onerror=alert(1)>',
  '<script>alert(1)</script>',
  '<svg onload=alert(1)>',
  '"><iframe srcdoc="<script>alert(1)</script>">',
  '<a href="javascript:alert(1)">click</a>',
  'javascript:alert(1)',
  '<style>*{display:none}</style>',
  '{{constructor.constructor("alert(1)")()}}',
  '__proto__ constructor hasOwnProperty',
  '&lt;b&gt; &amp; %3Cscript%3E',
];

/** The stack's own policy for pages, and on top of it what no page of ours needs. */
function strict(template: Template): Template {
  const text = JSON.stringify(template);
  const stricter = text.replace("frame-ancestors 'none'", "$&; require-trusted-types-for 'script'");
  if (stricter === text)
    throw new Error('The template has no policy for the page that ends in frame-ancestors.');
  return JSON.parse(stricter);
}

describe('what hostile people write', () => {
  let site: Site;
  let ann: Visit;
  let mallory: Visit;

  beforeAll(async () => {
    site = await startSite({ template: strict });
    ann = await site.open({ name: 'Ann' });
    mallory = await site.open({ name: '<b onclick=alert(1)>Mallory</b>\u202eyrollaM' });
  });
  afterAll(() => site?.stop());
  afterEach(() => {
    expect(ann.offences).toEqual([]);
    expect(mallory.offences).toEqual([]);
  });

  it('is served under the policy, with Trusted Types', async () => {
    const policy = (await fetch(site.stack.url)).headers.get('content-security-policy');

    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).toContain("require-trusted-types-for 'script'");
  });

  it('shows as the text it is', async () => {
    for (const text of ATTACKS) {
      await say(mallory.page, text);
      await message(ann.page, text).waitFor();
    }

    expect(await ann.page.locator('.list').locator('img, iframe, script, style, a').count()).toBe(0);
  });

  it('cannot make a link that is not to the web, or that shows another host than it opens', async () => {
    await say(
      mallory.page,
      'https://ok.example/a javascript:alert(1) https://bank.example@evil.example https://ok.example/\u202egpj.exe',
    );
    const links = ann.page.locator('.list a');
    await links.first().waitFor();

    expect(await links.evaluateAll((all) => all.map((each) => each.getAttribute('href')))).toEqual([
      'https://ok.example/a',
      'https://ok.example/',
    ]);
    for (const link of await links.all()) {
      expect(await link.getAttribute('rel')).toContain('noopener');
      expect(await link.getAttribute('target')).toBe('_blank');
    }
  });

  it('cannot turn the text around it', async () => {
    await say(mallory.page, '\u202e\u2067override without end');
    await say(mallory.page, 'straight');
    const row = message(ann.page, 'straight');
    await row.waitFor();

    const [text, time] = await Promise.all([
      row.getByText('straight').boundingBox(),
      row.locator('time').boundingBox(),
    ]);
    expect(text?.x).toBeLessThan(time?.x ?? 0);
    const author = ann.page.locator('.author').last();
    expect(await author.locator('bdi').textContent()).toContain('<b onclick=alert(1)>Mallory</b>');
  });

  it('stays inside its own bubble', async () => {
    await say(mallory.page, `Z${'\u0301\u0348\u0337'.repeat(600)}algo`);
    await say(mallory.page, 'W'.repeat(4000));
    await message(ann.page, 'W'.repeat(4000)).waitFor();

    const widths = await ann.page.locator('.list').evaluate((list) => [list.scrollWidth, list.clientWidth]);
    expect(widths[0]).toBe(widths[1]);
    for (const bubble of await ann.page.locator('.bubble').all())
      expect(await bubble.evaluate((each) => getComputedStyle(each).overflow)).toBe('clip');
  });
});
