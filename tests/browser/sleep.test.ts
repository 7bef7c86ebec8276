import { join, message, say, sharedSite, until, type Visit } from './site';

jest.setTimeout(90_000);

describe('a page on a device that slept for twelve hours', () => {
  const site = sharedSite();
  let ann: Visit;
  let ben: Visit;

  const texts = (visit: Visit) => visit.page.locator('.list .text').allTextContents();

  it('comes back with a new token, shows what it missed, and sends what waited, each once', async () => {
    ann = await site.open();
    await ann.page.clock.install();
    await ann.page.reload();
    await join(ann.page, 'Ann');
    const tokens: string[] = [];
    ann.page.on('response', async (response) => {
      if (response.url().endsWith('/api/token')) tokens.push((await response.json()).token);
    });
    await say(ann.page, 'before the sleep');
    await message(ann.page, 'before the sleep').getByText('sent', { exact: true }).waitFor();

    const silence = site.silencer();
    silence('toViewer');
    await say(ann.page, 'its answer is lost');
    ben = await site.open({ name: 'Ben' });
    await message(ben.page, 'its answer is lost').waitFor();
    silence('toOrigin');
    await say(ann.page, 'waits behind it');
    await message(ann.page, 'waits behind it').getByText('sending').waitFor();
    for (const text of ['missed 1', 'missed 2', 'missed 3']) await say(ben.page, text);
    await message(ben.page, 'missed 3').getByText('sent', { exact: true }).waitFor();

    await ann.page.clock.fastForward('12:00:00');

    await message(ben.page, 'waits behind it').waitFor({ timeout: 60_000 });
    await message(ann.page, 'waits behind it').getByText('sent', { exact: true }).waitFor();
    const whole = [
      ...['before the sleep', 'its answer is lost'],
      ...['missed 1', 'missed 2', 'missed 3'],
      'waits behind it',
    ];
    expect(await texts(ann)).toEqual(whole);
    expect(await texts(ben)).toEqual(whole);
    expect(tokens).toHaveLength(1);
    await until('the banner is gone', async () => (await ann.page.locator('.banner').count()) === 0);
  });

  it('sees who is here, and goes on as before', async () => {
    await ann.page.getByText('Here now 2').waitFor();
    await say(ben.page, 'good morning');
    await message(ann.page, 'good morning').waitFor();
    await say(ann.page, 'slept well');
    await message(ben.page, 'slept well').waitFor();
  });
});
