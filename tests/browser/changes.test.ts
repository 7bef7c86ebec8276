import { SCRIPTS } from '../adversarial/corpus/scripts';
import { enter, guestToken } from '../local/guests';
import { findings } from './axe';
import { message, say, sharedSite, sharedVisits, until, type Visit } from './site';

jest.setTimeout(90_000);

describe('messages that change', () => {
  const site = sharedSite();
  const [ann, bob] = sharedVisits(site, 'Ann', 'Bob');

  const box = ({ page }: Visit) => page.getByRole('textbox', { name: /^Message to/ });
  /** Chooses from the menu of one of Ann's messages. */
  const choose = async (text: string, item: string) => {
    await message(ann.page, text).hover();
    await message(ann.page, text)
      .getByRole('button', { name: /^Actions/ })
      .click();
    await ann.page.getByRole('menuitem', { name: item }).click();
  };

  it('have a menu by keyboard, from which another user answers; the answer’s quote leads back', async () => {
    await say(ann.page, 'What is for *lunch*?');
    await message(bob.page, 'What is for lunch?').waitFor();
    await bob.page.getByRole('log').focus();
    await bob.page.keyboard.press('ArrowUp');
    await bob.page.keyboard.press('Enter');
    const menu = bob.page.getByRole('menu');
    await menu.waitFor();

    expect(await menu.getByRole('menuitem').allTextContents()).toEqual([
      'Reply',
      'React',
      'Message author',
      'Report',
      'Mark as unread',
      'Copy link',
    ]);
    expect(await findings(bob.page)).toEqual([]);
    await bob.page.keyboard.press('Enter');
    await bob.page.getByText('Reply to').waitFor();
    expect(await findings(bob.page)).toEqual([]);
    await say(bob.page, 'Soup');

    const quote = message(ann.page, 'Soup').getByRole('button', {
      name: /In reply to Ann.*What is for lunch\?/,
    });
    await quote.click();
    await ann.page.locator('.found', { hasText: 'What is for lunch?' }).first().waitFor();
  });

  it('are edited by the up arrow, which others see with its time', async () => {
    await say(ann.page, 'hallo');
    await message(bob.page, 'hallo').waitFor();
    await box(ann).press('ArrowUp');
    await ann.page.getByText('Edit your message').waitFor();
    await box(ann).fill('hello **there**');
    await box(ann).press('Enter');

    const edited = bob.page.getByRole('article').filter({ hasText: 'hello there' });
    await edited.getByText('edited').waitFor();
    expect(await edited.getByText('edited').getAttribute('title')).toMatch(/^Edited /);
    expect(await edited.locator('strong').textContent()).toBe('there');
    expect(await message(bob.page, 'hallo').count()).toBe(0);
    expect(await box(ann).inputValue()).toBe('');
  });

  it('are not edited by the up arrow while a newer one is under way', async () => {
    await say(ann.page, 'sent before');
    await message(bob.page, 'sent before').waitFor();
    await ann.page.context().setOffline(true);
    await say(ann.page, 'still under way');
    await box(ann).press('ArrowUp');

    expect(await ann.page.getByText('Edit your message').count()).toBe(0);
    await ann.page.context().setOffline(false);
    await message(bob.page, 'still under way').waitFor();
  });

  it('are deleted after five seconds, in which the deletion can be undone', async () => {
    await say(ann.page, 'to be kept');
    await say(ann.page, 'to be deleted');
    await message(bob.page, 'to be deleted').waitFor();
    await choose('to be kept', 'Delete');
    await ann.page.getByRole('button', { name: 'Undo' }).click();
    await message(ann.page, 'to be kept').waitFor();
    await choose('to be deleted', 'Delete');

    await bob.page.getByText('This message was deleted.').first().waitFor();
    expect(await message(bob.page, 'to be deleted').count()).toBe(0);
    expect(await message(bob.page, 'to be kept').count()).toBe(1);
    expect(await findings(bob.page)).toEqual([]);
  });

  it('take the reactions of two users, which outlive a reload and are taken back', async () => {
    const chip = ({ page }: Visit) =>
      page.getByRole('article').filter({ hasText: 'sent before' }).getByRole('button', { name: '👏' });
    await choose('sent before', 'React');
    await ann.page.getByRole('button', { name: 'clapping' }).click();
    await chip(bob).click();
    await chip(ann).filter({ hasText: '2' }).waitFor();
    await chip(bob).filter({ hasText: '2' }).waitFor();
    await ann.page.reload();
    await chip(ann).filter({ hasText: '2' }).waitFor();
    expect(await chip(ann).getAttribute('aria-pressed')).toBe('true');

    await chip(ann).click();

    await chip(bob).filter({ hasText: '1' }).waitFor();
    expect(await chip(bob).getAttribute('title')).toBe('You');
    expect(await findings(bob.page)).toEqual([]);
  });

  it('mention users, whose names are completed by keyboard', async () => {
    await box(ann).pressSequentially('Ask @bo');
    await ann.page.getByRole('option', { name: 'Bob' }).waitFor();
    expect(await findings(ann.page)).toEqual([]);
    await box(ann).press('Enter');
    await box(ann).pressSequentially('please');
    await box(ann).press('Enter');

    await bob.page.locator('.mention', { hasText: 'Ask @Bob please' }).waitFor();
  });

  it('have a link of their own, which their menu copies', async () => {
    await ann.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await choose('sent before', 'Copy link');
    const link = await ann.page.evaluate(() => navigator.clipboard.readText());

    await ann.page.goto('about:blank');
    await ann.page.goto(link);

    await ann.page.locator('.found', { hasText: 'sent before' }).first().waitFor();
  });

  it('have their menu under a finger that rests on them', async () => {
    await message(bob.page, 'Soup').dispatchEvent('pointerdown', { pointerType: 'touch' });

    await bob.page.getByRole('menuitem', { name: 'Copy link' }).waitFor();
    await bob.page.keyboard.press('Escape');
  });

  it('run none of forty scripts in any of their fields', async () => {
    await say(ann.page, 'before the scripts');
    await message(bob.page, 'before the scripts').waitFor();
    let quoted: number | undefined;
    for (const [i, script] of SCRIPTS.entries()) {
      const author = await enter(site.stack, await guestToken(site.stack, `Mallory ${i}`));
      author.send({ action: 'joinRoom', room: 'lobby' });
      const after = Number((await author.nextOf('joined')).head);
      const content = {
        kind: 'script',
        data: { [script]: script },
        mentions: ['<script>'],
        replyTo: quoted ?? after,
      };
      const frame = { action: 'sendMessage', room: 'lobby', id: `living-${i}`, text: 'x', after, ...content };
      author.send(frame);
      const of = Number((await author.nextOf('ack')).seq);
      const { data } = content;
      author.send({
        action: 'editMessage',
        room: 'lobby',
        id: `edited-${i}`,
        of,
        text: script,
        data,
        after: of,
      });
      await author.nextOf('ack');
      author.socket.close();
      quoted = of;
    }
    await until('the last edit', async () => (await bob.page.getByText('edited').count()) >= SCRIPTS.length);

    const list = bob.page.locator('.list');
    const quotes = await list.locator('.quote-text').allTextContents();
    for (const script of SCRIPTS.slice(0, -1)) expect(quotes).toContain(script);
    expect(await list.locator('img, iframe, script, object, embed, form, base, meta').count()).toBe(0);
    for (const link of await list.locator('a').all())
      expect(await link.getAttribute('href')).toMatch(/^https?:/);
  });
});
