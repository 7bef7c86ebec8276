import type { Page } from 'playwright-core';
import { join, message, say, sharedSite, startSite, tryNow, until, type Visit } from './site';
import { storedSends } from './storedSends';

jest.setTimeout(60_000);

/** More than a guest's token lasts, by far more than a slow machine takes to set a clock. */
const OVER_AN_HOUR = 65 * 60_000;

/** A time zone in which it is between twelve and one: an hour more or less is the same day. */
function whereItIsNoon(): string {
  const east = ((12 - new Date().getUTCHours() + 36) % 24) - 12;
  return `Etc/GMT${east < 0 ? '+' : '-'}${Math.abs(east)}`;
}

/** A time zone in which a clock that is wrong by these hours is in another day than the server's. */
function whereTheDaysDiffer(wrongByMs: number): string {
  const wanted = wrongByMs < 0 ? 0 : 23;
  const east = ((wanted - new Date().getUTCHours() + 36) % 24) - 12;
  return `Etc/GMT${east < 0 ? '+' : '-'}${Math.abs(east)}`;
}

const shownTimes = (page: Page, text: string) =>
  message(page, text)
    .locator('time')
    .evaluateAll((times) => times.map((time) => [time.getAttribute('datetime'), time.textContent]));
const texts = (page: Page) => page.locator('.list .text').allTextContents();
const days = (page: Page) => page.locator('.list .separator').allTextContents();

describe.each([
  ['behind', -OVER_AN_HOUR],
  ['fast', OVER_AN_HOUR],
])('a device whose clock is more than an hour %s', (_name, wrongByMs) => {
  const site = sharedSite();
  let ann: Visit;
  let ben: Visit;
  const asked = { tokens: 0, sockets: 0 };
  /** What was asked for when the page connected last, and when that was by its clock. */
  let connected = { tokens: 0, sockets: 0, at: 0 };

  beforeAll(async () => {
    ben = await site.open({ name: 'Ben', browser: { timezoneId: whereItIsNoon() } });
    ann = await open(whereItIsNoon());
    ann.page.on('request', (request) => {
      if (request.url().endsWith('/api/token')) asked.tokens += 1;
    });
    ann.page.on('websocket', () => {
      asked.sockets += 1;
    });
    await join(ann.page, 'Ann');
  });

  /** Opens the page on a device with the wrong clock. */
  async function open(timezoneId: string): Promise<Visit> {
    const visit = await site.open({ browser: { timezoneId } });
    await visit.page.clock.install({ time: Date.now() + wrongByMs });
    await visit.page.reload();
    return visit;
  }

  const pageTime = () => ann.page.evaluate(() => Date.now());
  const isConnected = () =>
    until('the banner is gone', async () => (await ann.page.locator('.banner').count()) === 0, 30_000);

  it('talks, and shows the times that others see', async () => {
    const wrong = await ann.page.evaluate(() => Date.now());
    expect(Math.abs(wrong - Date.now() - wrongByMs)).toBeLessThan(60_000);

    await say(ann.page, 'from the wrong clock');
    await message(ben.page, 'from the wrong clock').waitFor();
    await say(ben.page, 'from the right one');
    await message(ann.page, 'from the right one').waitFor();
    await message(ann.page, 'from the wrong clock').getByText('sent', { exact: true }).waitFor();

    for (const text of ['from the wrong clock', 'from the right one'])
      expect(await shownTimes(ann.page, text)).toEqual(await shownTimes(ben.page, text));
    expect(await days(ann.page)).toEqual(['Today']);
  });

  it('sees who is here, who writes and who leaves', async () => {
    const cleo = await site.open({ name: 'Cléo' });
    await ann.page.getByText('Here now 3').waitFor();
    await cleo.page.getByRole('textbox', { name: 'Message to lobby' }).pressSequentially('hm');
    await ann.page.getByText('Cléo is typing…').waitFor();
    await cleo.page.context().close();

    await ann.page.getByText('Here now 2').waitFor({ timeout: 15_000 });
    // A token that seems to end at once would be renewed every five seconds.
    expect(asked.sockets).toBe(1);
  });

  it('sends what waited through a reload, once and in order', async () => {
    site.breakDown();
    await ann.page.getByText(/Trying again/).waitFor();
    const waiting = ['waiting 1', 'waiting 2'];
    for (const text of waiting) await say(ann.page, text);
    await until('both are kept', async () => (await storedSends(ann.page)) === 2);
    await ann.page.reload();
    await message(ann.page, 'waiting 2').getByText('sending').waitFor();
    site.repair();
    await tryNow(ann.page);

    await message(ben.page, 'waiting 2').waitFor({ timeout: 30_000 });
    await message(ann.page, 'waiting 2').getByText('sent', { exact: true }).waitFor();
    for (const page of [ann.page, ben.page])
      expect((await texts(page)).filter((text) => text.startsWith('waiting'))).toEqual(waiting);
    expect(await shownTimes(ann.page, 'waiting 1')).toEqual(await shownTimes(ben.page, 'waiting 1'));
    await isConnected();
    connected = { ...asked, at: await pageTime() };
  });

  it('renews its token and its connection once in an hour, and stays connected', async () => {
    for (const hour of [1, 2]) {
      await ann.page.clock.fastForward('57:00');
      const renewals = Math.round(((await pageTime()) - connected.at) / (57 * 60_000));
      await until('the connection is replaced', () => asked.sockets >= connected.sockets + renewals);
      await say(ann.page, `in hour ${hour}`);
      await message(ann.page, `in hour ${hour}`).getByText('sent', { exact: true }).waitFor();

      expect(asked).toEqual({ tokens: connected.tokens + renewals, sockets: connected.sockets + renewals });
    }
    await isConnected();
    await message(ben.page, 'in hour 2').waitFor();
  });

  it('shows the day of the server’s time, once', async () => {
    const timezoneId = whereTheDaysDiffer(wrongByMs);
    const [right, wrong] = [
      await site.open({ name: 'Dana', browser: { timezoneId } }),
      await open(timezoneId),
    ];
    await join(wrong.page, 'Eve');
    await say(wrong.page, 'which day is it?');
    await message(right.page, 'which day is it?').waitFor();
    await message(wrong.page, 'which day is it?').getByText('sent', { exact: true }).waitFor();

    const both = [await days(right.page), await days(wrong.page)];
    expect(both[1]).toHaveLength(both[0]?.length ?? 0);
    expect(await shownTimes(wrong.page, 'which day is it?')).toEqual(
      await shownTimes(right.page, 'which day is it?'),
    );
  });
});

it('goes on as before when the clock is set back by an hour while the page is open', async () => {
  const site = await startSite();
  try {
    const ben = await site.open({ name: 'Ben' });
    const ann = await site.open();
    await ann.page.clock.install();
    await ann.page.reload();
    await join(ann.page, 'Ann');
    const draft = ann.page.getByRole('textbox', { name: 'Message to lobby' });
    const isTyping = ben.page.getByText('Ann is typing…');
    await draft.pressSequentially('h');
    await isTyping.waitFor();

    await ann.page.clock.setSystemTime(Date.now() - OVER_AN_HOUR);
    await isTyping.waitFor({ state: 'detached' });
    await draft.pressSequentially('m');

    await isTyping.waitFor();
    await say(ann.page, 'on time');
    await message(ben.page, 'on time').waitFor();
    await message(ann.page, 'on time').getByText('sent', { exact: true }).waitFor();

    site.breakDown();
    await ann.page.getByText(/Trying again in \d{1,2} s/).waitFor();
    expect(ann.offences).toEqual([]);
  } finally {
    await site.stop();
  }
});
