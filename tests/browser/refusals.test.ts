import { message, say, sharedSite, sharedVisits, tryNow, type Visit } from './site';

jest.setTimeout(90_000);

const HOUR = 3_600_000;

describe('a user whom the server refuses', () => {
  const site = sharedSite();
  const [ann, ben] = sharedVisits(site, 'Ann', 'Ben');
  beforeAll(() => ann.page.getByText('Here now 2').waitFor());

  const idOf = (visit: Visit): Promise<string> =>
    visit.page.evaluate(() => JSON.parse(localStorage['edge-chat.guest']).user.id);
  const ban = (order: object) => site.stack.invoke(site.stack.ref('OperatorBanLambdaFunction'), order);

  it('has an id that a moderator can copy, and a mark beside a name that another user has', async () => {
    const id = await idOf(ben);
    const row = ann.page.getByRole('listitem').filter({ hasText: 'Ben' });
    await say(ben.page, 'hello from Ben');
    await ann.page.context().grantPermissions(['clipboard-write']);
    await row.getByRole('button', { name: id }).click();
    await row.getByText('copied').waitFor();

    const other = await site.open({ name: 'ben' });
    await say(other.page, 'hello from ben');

    for (const [text, from] of [
      ['hello from Ben', id],
      ['hello from ben', await idOf(other)],
    ] as const)
      await message(ann.page, text).getByText(from.slice(-4), { exact: true }).waitFor();
    await other.page.context().close();
  });

  it('reads until when a room is closed to them, and the room reads that they were removed', async () => {
    await ban({ order: 'ban', user: await idOf(ben), room: 'lobby', forMs: HOUR });

    await ben.page.getByText(/You have been removed from this room until .*\d{2}:\d{2}\./).waitFor();
    await ben.page.getByText('You were removed from this room.').waitFor();
    await ann.page.getByText('Ben was removed from this room.').waitFor();
  });

  it('reads until when they are banned', async () => {
    await ban({ order: 'ban', user: await idOf(ben), forMs: HOUR });

    await ben.page
      .getByText(/You are banned from this chat until .*\d{2}:\d{2}\./)
      .waitFor({ timeout: 40_000 });
  });

  it('reads why a sixth tab is refused, which connects once another is closed', async () => {
    const tabs = [ann.page];
    while (tabs.length < 6) {
      const tab = await ann.page.context().newPage();
      await tab.goto(`${site.stack.url}/#lobby`);
      if (tabs.length < 5) await tab.getByRole('log').and(tab.locator('[aria-busy=false]')).waitFor();
      tabs.push(tab);
    }
    const [, second, , , , sixth] = tabs;

    await sixth?.getByText(/This chat is open in too many tabs or devices: close one\./).waitFor();
    await second?.close();
    if (sixth) await tryNow(sixth);

    await sixth?.getByRole('log').and(sixth.locator('[aria-busy=false]')).waitFor();
  });

  it('reads of a ban after a handshake that failed for another reason', async () => {
    const cleo = await site.open({ name: 'Cleo' });
    site.breakDown();
    await cleo.page.getByText(/refused the connection/).waitFor();
    await ban({ order: 'ban', user: await idOf(cleo), forMs: HOUR });
    site.repair();
    await tryNow(cleo.page);

    await cleo.page.getByText(/You are banned from this chat until .*\d{2}:\d{2}\./).waitFor();
    await cleo.page.context().close();
  });
});
