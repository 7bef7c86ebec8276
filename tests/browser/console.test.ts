import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { findings } from './axe';
import { type ConsoleProcess, startConsole } from './consoleProcess';
import { message, openPage, say, sharedSite, type Visit } from './site';

jest.setTimeout(120_000);

/** What a stranger may choose as a name and a text: markup, and a sign that turns the direction of a line. */
const HOSTILE = '<img src=x onerror=alert(1)>';
const TURNED = 'Hello \u202egnp.exe';

const site = sharedSite();
let running: ConsoleProcess;

beforeAll(async () => {
  running = await startConsole(site.stack.lambdaUrl);
});
afterAll(() => running?.command.kill('SIGKILL'));

const open = (address = running.url, browser: BrowserContextOptions = {}): Promise<Visit> => {
  const { origin, hash } = new URL(address);
  return openPage(site.browser, origin, { hash, browser });
};

const view = async (page: Page, name: string) => {
  await page.getByRole('link', { name, exact: true }).click();
  await page.getByRole('heading', { name: new RegExp(`^${name}`), level: 2 }).waitFor();
};

const find = async (page: Page, text: string) => {
  await page.getByRole('searchbox').fill(text);
  await page.getByRole('button', { name: 'Find' }).click();
};

it('an operator finds a user, bans and unbans the user, exports a room and erases', async () => {
  const room = `den-${randomUUID().slice(0, 8)}`;
  const mallory = await site.open({ name: HOSTILE, hash: `#${room}` });
  await say(mallory.page, HOSTILE);
  await say(mallory.page, TURNED);
  await message(mallory.page, TURNED).getByText('sent', { exact: true }).waitFor();
  const { page, offences } = await open();

  expect(new URL(page.url()).hash).not.toContain('token');
  await page.reload();
  await page.getByRole('link', { name: room }).click();
  const entries = page.getByRole('table', { name: 'Entries' });
  await entries.getByText(HOSTILE, { exact: true }).first().waitFor();
  expect(await entries.getByRole('row').count()).toBe(3);
  expect(await page.locator('main img').count()).toBe(0);
  expect(await findings(page)).toEqual([]);

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe(`${room}.jsonl`);
  const lines = readFileSync(await download.path(), 'utf8');
  expect(lines.trimEnd().split('\n')).toHaveLength(2);
  expect(lines).toContain('\\u202e');
  expect(lines).not.toContain('\u202e');

  await view(page, 'Users');
  await find(page, 'ONERROR');
  await page.getByRole('table', { name: 'Connected users' }).getByRole('link').click();
  const devices = page.getByRole('table', { name: 'Devices' });
  await devices.getByRole('link', { name: room }).waitFor();
  expect(await devices.getByText('active').count()).toBe(1);
  const id = decodeURIComponent(new URL(page.url()).hash.replace('#user/', ''));

  expect(await page.getByLabel('This id has not been here: ban it all the same').isVisible()).toBe(false);
  await page.getByLabel('For').selectOption('1 day');
  await page.getByRole('button', { name: 'Ban', exact: true }).click();
  await page.getByRole('status').getByText(`${id} is kept out of every room until`).waitFor();
  await mallory.page
    .getByText(/banned/)
    .first()
    .waitFor();
  await page.getByText('No device is connected.').waitFor();

  await view(page, 'Bans');
  await find(page, id.slice(-6).toUpperCase());
  const bans = page.getByRole('table', { name: 'Bans' });
  await bans.getByRole('link', { name: id }).waitFor();
  expect(await findings(page)).toEqual([]);
  await bans.getByRole('button', { name: 'Unban' }).click();
  await page.getByRole('status').getByText(`${id} is let into every room again.`).waitFor();
  await page.getByText('No ban in force has this.').waitFor();

  await view(page, 'Users');
  await find(page, id);
  await page.getByText('Show the user whose id is').getByRole('link').click();
  const erase = page.getByRole('button', { name: 'Erase for good' });
  expect(await erase.isDisabled()).toBe(true);
  await page.getByLabel('Write the name to confirm').fill(id);
  await erase.click();
  // Two messages, and in each of the user's two rooms the entry that told of the ban.
  await page.getByRole('status').getByText('4 messages erased.').waitFor();
  await view(page, 'Rooms');
  await page.getByRole('link', { name: room }).click();
  await entries.getByText('(erased)').first().waitFor();
  expect(await entries.getByText(HOSTILE).count()).toBe(0);

  expect(offences).toEqual([]);
});

it('says what is wrong in sentences: an unknown user, a wrong room, no alarms on this machine', async () => {
  const { page, offences } = await open(running.url, {
    colorScheme: 'dark',
    viewport: { width: 390, height: 780 },
  });
  await view(page, 'Users');
  await find(page, 'guest:nobody');
  await page.getByText('No connected user has this.').waitFor();
  await page.getByText('Show the user whose id is').getByRole('link').click();
  await page.getByText('No user of this id has been here within the last year.').waitFor();

  await page.getByRole('button', { name: 'Ban', exact: true }).click();
  await page.getByRole('alert').getByText('No user guest:nobody has been here.').waitFor();
  await page.getByLabel('Room (empty: every room)').fill('No Room');
  await page.getByRole('button', { name: 'Ban', exact: true }).click();
  await page.getByRole('alert').getByText('A room must be').waitFor();
  await page.getByLabel('Room (empty: every room)').fill('');
  await page.getByLabel('This id has not been here: ban it all the same').check();
  await page.getByRole('button', { name: 'Ban', exact: true }).click();
  await page.getByRole('status').getByText('guest:nobody is kept out of every room').waitFor();

  await view(page, 'Alarms');
  await page.getByText('The local stack has no alarms').waitFor();
  expect(await findings(page)).toEqual([]);
  expect(offences).toEqual([]);
});

it('shows nothing without the token, and says where it is', async () => {
  const { page } = await open(new URL(running.url).origin);

  await page.getByRole('alert').getByText('Open the address that the command has printed').waitFor();
  expect(await page.getByRole('table').count()).toBe(0);
});

it('ends with Ctrl-C, prints nothing that a user wrote, and the page says that it has ended', async () => {
  const { page } = await open();
  await page.getByRole('heading', { name: 'Rooms' }).waitFor();

  running.command.kill('SIGINT');
  const [code] = await once(running.command, 'close');
  await page.getByRole('link', { name: 'Bans', exact: true }).click();

  await page.getByRole('alert').getByText('The console has ended. Start it again').waitFor();
  expect(code).toBe(0);
  expect(running.told()).toMatch(/^Open this address; Ctrl-C ends the console\..*\n$/);
});
