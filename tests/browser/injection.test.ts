import { SCRIPTS } from '../adversarial/corpus/scripts';
import { enter, guestToken } from '../local/guests';
import { message, say, sharedSite, sharedVisits } from './site';

jest.setTimeout(60_000);

/** As much of a script as a name may be. */
const nameOf = (script: string) => script.slice(0, 64).replace('\t', ' ').trim();

describe('what hostile people write', () => {
  const site = sharedSite();
  const [ann, mallory] = sharedVisits(site, 'Ann', '<b onclick=alert(1)>Mallory</b>\u202eyrollaM');

  it('is served under these headers', async () => {
    const { headers } = await fetch(site.stack.url);
    const itsOwn =
      /^(date|etag|last-modified|accept-ranges|server|connection|keep-alive|via|x-amz-cf-id|x-cache|content-length)$/;
    const shown = [...headers].filter(([name]) => !itsOwn.test(name));

    expect(Object.fromEntries(shown)).toEqual({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
        "worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; " +
        'trusted-types edge-chat',
      'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': 'max-age=31536000',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
  });

  it('shows as the text it is, and none of forty scripts runs', async () => {
    expect(new Set(SCRIPTS).size).toBe(40);
    for (const [i, script] of SCRIPTS.entries()) {
      const author = await enter(site.stack, await guestToken(site.stack, nameOf(script)));
      author.send({ action: 'joinRoom', room: 'lobby' });
      const { head } = await author.nextOf('joined');
      author.send({ action: 'sendMessage', room: 'lobby', id: `script-${i}`, text: script, after: head });
      await author.nextOf('ack');
      author.socket.close();
    }
    await message(ann.page, SCRIPTS.at(-1) ?? '')
      .first()
      .waitFor();

    const list = ann.page.locator('.list');
    expect(await list.locator('img, iframe, script, style, object, embed, form, base, meta').count()).toBe(0);
    const names = await list.locator('.author bdi').allTextContents();
    for (const script of SCRIPTS) expect(names).toContain(nameOf(script));
    const shown = await list.textContent();
    for (const script of SCRIPTS) expect(shown).toContain(script);
    for (const link of await list.locator('a').all())
      expect(await link.getAttribute('href')).toMatch(/^https:/);
  });

  it('is shown in a role beside the name, each role in its turn', async () => {
    const roleOf = (script: string) => nameOf(script).slice(0, 32).trim();
    for (const [i, script] of SCRIPTS.entries()) {
      const from = { id: 'bot:roles', name: 'Roles', role: roleOf(script) };
      const published = await site.stack.invoke('edge-chat-dev-operatorPublish', {
        ...{ room: 'lobby', id: `role-of-${i}`, text: `role ${i}`, from },
      });
      expect(published).toMatchObject({ value: { type: 'ack' } });
    }
    await message(ann.page, 'role 39').first().waitFor();

    const list = ann.page.locator('.list');
    expect(await list.locator('.author .tag:not(.guest-mark)').allTextContents()).toEqual(
      SCRIPTS.map(roleOf),
    );
    expect(await list.locator('img, iframe, script, style, object, embed, form, base, meta').count()).toBe(0);
  });

  it('runs in no name of a room either', async () => {
    for (const script of SCRIPTS) await mallory.page.evaluate((hash) => location.assign(`#${hash}`), script);
    await mallory.page.evaluate(() => location.assign('#lobby'));
    await say(mallory.page, 'still here');

    await message(ann.page, 'still here').first().waitFor();
  });

  it('cannot make a link that is not to the web, or that shows another host than it opens', async () => {
    await say(
      mallory.page,
      'https://ok.example/a javascript:alert(1) https://bank.example@evil.example https://ok.example/\u202egpj.exe',
    );
    const links = ann.page.locator('.list .row', { hasText: 'bank.example' }).locator('a');
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
