import { join, message, say, sharedSite, sharedVisits, until } from './site';

jest.setTimeout(60_000);

describe('two people on the page', () => {
  const site = sharedSite();
  const [ann, ben] = sharedVisits(site, 'Ann', 'Ben');

  it('see each other arrive', async () => {
    for (const { page } of [ann, ben]) {
      await page.getByText('Here now 2').waitFor();
      await page.getByRole('listitem').filter({ hasText: 'Ann' }).waitFor();
      await page.getByRole('listitem').filter({ hasText: 'Ben' }).waitFor();
    }
  });

  it('see that the other is writing', async () => {
    await ann.page.getByRole('textbox', { name: /^Message to/ }).pressSequentially('Hm');

    await ben.page.getByText('Ann is typing…').waitFor();
  });

  it('exchange messages through the edge', async () => {
    await say(ann.page, 'Hello Ben');
    await message(ben.page, 'Hello Ben').getByText('Ann').waitFor();
    await say(ben.page, 'Hello Ann');
    await message(ann.page, 'Hello Ann').getByText('Ben').waitFor();

    await message(ann.page, 'Hello Ben').getByText('sent').waitFor();
    expect(await ann.page.getByRole('article').count()).toBe(2);
  });

  it('begin a new line with Shift+Enter, and send with Enter', async () => {
    const box = ann.page.getByRole('textbox', { name: /^Message to/ });
    await box.fill('One');
    await box.press('Shift+Enter');
    await box.pressSequentially('Two');
    await box.press('Enter');

    await message(ben.page, 'One\nTwo').waitFor();
    expect(await box.inputValue()).toBe('');
  });

  it('find the history and their own messages as their own after a reload', async () => {
    await ann.page.reload();

    await message(ann.page, 'Hello Ann').getByText('Ben').waitFor();
    await message(ann.page, 'Hello Ben').getByText('You').waitFor();
    await ann.page.getByText('Here now 2').waitFor();
  });

  it('see the first message soon after the page is opened', async () => {
    await ann.page.addInitScript(() => {
      const observer = new MutationObserver(() => {
        if (!document.querySelector('.row')) return;
        observer.disconnect();
        requestAnimationFrame(() => performance.mark('first message'));
      });
      observer.observe(document, { childList: true, subtree: true });
    });
    await ann.page.reload();
    await message(ann.page, 'Hello Ann').waitFor();

    const [painted, shown] = await ann.page.evaluate(() =>
      ['first-contentful-paint', 'first message'].map((name) =>
        Math.round(performance.getEntriesByName(name)[0]?.startTime ?? Number.NaN),
      ),
    );
    console.info(`first paint after ${painted} ms, first message on screen after ${shown} ms`);

    expect(shown).toBeLessThan(5_000);
  });

  it('keep who they are under another name', async () => {
    await ann.page.getByRole('button', { name: 'Change name' }).click();
    await join(ann.page, 'Anna');

    await message(ann.page, 'Hello Ben').getByText('You').waitFor();
    await say(ann.page, 'New name');
    await message(ben.page, 'New name').getByText('Anna', { exact: true }).waitFor();
  });

  it('count in another room what is unread, and mark it there', async () => {
    await ben.page.getByRole('textbox', { name: 'Open a room' }).fill(' #Design ');
    await ben.page.keyboard.press('Enter');
    await ben.page.getByText('Nobody has written in #design yet').waitFor();
    expect(new URL(ben.page.url()).hash).toBe('#design');
    await until('the lobby is read', async () => (await ben.page.title()) === '#design · edge-chat');

    await say(ann.page, 'Where are you?');
    await say(ann.page, 'Ben?');

    await ben.page.getByRole('link', { name: 'lobby 2 unread' }).waitFor();
    await until('the title counts', async () => (await ben.page.title()) === '(2) #design · edge-chat');
    await ben.page.getByRole('link', { name: /^lobby/ }).click();
    await ben.page.getByText('New messages').waitFor();
    await until('all is read', async () => (await ben.page.title()) === '#lobby · edge-chat');
  });

  it('open a room by its link', async () => {
    const cleo = await site.open({ hash: '#design' });

    await cleo.page.getByRole('heading', { name: 'Join #design' }).waitFor();
    await join(cleo.page, 'Cléo');

    await cleo.page.getByRole('heading', { name: 'design' }).first().waitFor();
    await ben.page.getByRole('link', { name: /^design/ }).click();
    await ben.page.getByRole('listitem').filter({ hasText: 'Cléo' }).waitFor();
    await cleo.page.close();
    await ben.page.getByText('Here now 1').waitFor({ timeout: 45_000 });
  });

  it('are told the rule when a name or a room breaks it', async () => {
    await ann.page.getByRole('textbox', { name: 'Open a room' }).fill('Ünï!');
    await ann.page.keyboard.press('Enter');
    await ann.page.getByText('A room must be 1 to 64 characters').waitFor();

    const dai = await site.open();
    await dai.page.getByLabel('Your name').fill('x'.repeat(65));
    await dai.page.getByRole('button', { name: 'Join' }).click();
    await dai.page.getByText('A name must be 1 to 64 characters on one line').waitFor();
  });

  it('work in a browser that keeps nothing', async () => {
    const eve = await site.open();
    await eve.page.addInitScript(() => {
      for (const store of ['localStorage', 'indexedDB'])
        Object.defineProperty(globalThis, store, {
          get() {
            throw new DOMException('denied', 'SecurityError');
          },
        });
    });
    await eve.page.reload();
    await join(eve.page, 'Eve');
    await say(eve.page, 'I leave no trace');

    await message(ann.page, 'I leave no trace').getByText('Eve').waitFor();
  });
});
