import { findings } from './axe';
import { join, message, say, sharedSite } from './site';

jest.setTimeout(90_000);

describe('the page for everybody', () => {
  const site = sharedSite();

  it.each([
    ['light', { width: 1280, height: 800 }],
    ['dark', { width: 1280, height: 800 }],
    ['light', { width: 390, height: 780 }],
    ['dark', { width: 390, height: 780 }],
  ] as const)('has no serious finding: %s, %o', async (colorScheme, viewport) => {
    const { page } = await site.open({ browser: { colorScheme, viewport, reducedMotion: 'reduce' } });
    expect(await findings(page)).toEqual([]);

    await page.getByRole('button', { name: 'Join' }).click();
    await page.getByText('Type the name').waitFor();
    expect(await findings(page)).toEqual([]);

    await join(page, 'Ann');
    await say(page, 'See https://example.com');
    await message(page, 'See https://example.com').getByText('sent', { exact: true }).waitFor();
    expect(await findings(page)).toEqual([]);

    if (viewport.width < 500) {
      await page.getByRole('button', { name: 'Rooms' }).click();
      await page.getByRole('dialog').waitFor();
      expect(await findings(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
    }
    await page.context().close();
  });

  it('can be used by keyboard alone', async () => {
    const { page } = await site.open({ browser: { reducedMotion: 'reduce' } });
    const { keyboard } = page;

    await keyboard.type('Kim');
    await keyboard.press('Enter');
    await page.getByRole('textbox', { name: 'Message to lobby' }).waitFor();
    await keyboard.type('No mouse');
    await keyboard.press('Enter');
    await message(page, 'No mouse').waitFor();

    await page.getByRole('textbox', { name: 'Open a room' }).focus();
    await keyboard.type('second');
    await keyboard.press('Enter');
    await page.getByRole('textbox', { name: 'Message to second' }).waitFor();
    await keyboard.press('Alt+ArrowUp');
    await page.getByRole('textbox', { name: 'Message to lobby' }).waitFor();

    const seen: string[] = [];
    await page.evaluate(() => document.body.focus());
    for (let step = 0; step < 20; step += 1) {
      await keyboard.press('Tab');
      seen.push(
        await page.evaluate(() => {
          const active = document.activeElement as HTMLElement;
          const look = () =>
            [active, active.parentElement ?? active]
              .map((each) => getComputedStyle(each))
              .map(
                ({ outlineStyle, boxShadow, borderColor }) => `${outlineStyle} ${boxShadow} ${borderColor}`,
              )
              .join();
          const focused = look();
          active.blur();
          const isVisible = look() !== focused;
          active.focus();
          return `${active.getAttribute('aria-label') ?? active.textContent} ${isVisible}`;
        }),
      );
    }
    expect(seen).toEqual(
      expect.arrayContaining([
        '#lobby true',
        'Leave lobby true',
        'Open a room true',
        'Change name true',
        'Sign out true',
        'Copy link true',
        'Messages in lobby true',
        'Message to lobby true',
      ]),
    );
  });
});
