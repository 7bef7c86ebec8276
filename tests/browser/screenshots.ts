/** Makes the pictures in docs/: `npm run screenshots`. */

import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { createCommand, runProgram } from '../../cli/commandLine/command';
import { startConsole } from './consoleProcess';
import { takeEdgePictures } from './edgePictures';
import { filesPictures } from './filesScreenshots';
import { livingPictures, type Picture } from './livingScreenshots';
import { signInPictures } from './signInPictures';
import { message, type OpenOptions, openPage, type Site, say, startSite } from './site';

const DOCS = path.resolve(__dirname, '..', '..', 'docs');
const DESKTOP = { width: 860, height: 700 };
const TALL = { width: 860, height: 940 };
const WIDE = { width: 1240, height: 720 };
const PHONE = { width: 390, height: 780 };

const TALK: readonly (readonly [who: 'Ann' | 'Ben', text: string])[] = [
  ['Ann', 'Morning! Did the deploy go through?'],
  ['Ben', 'Yes: one command, one domain.'],
  ['Ben', 'The page, the tokens and the socket all come from https://d111111abcdef8.cloudfront.net'],
  ['Ann', 'Who asks for the upgrade to WebSocket, the client or the server?'],
  ['Ben', 'The client. The server only answers 101.'],
  ['Ann', 'And when my train goes into a tunnel?'],
  [
    'Ben',
    'Then what you write waits here, and is sent once you are out. Nothing lost, nothing twice, nothing out of order.',
  ],
  ['Ann', 'It is in the tunnel now. See you on the other side.'],
];

interface Only {
  edges?: true;
  files?: true;
  living?: true;
  signIn?: true;
}

async function main({ edges, files, living, signIn }: Only): Promise<void> {
  const site = await startSite();
  try {
    await mkdir(DOCS, { recursive: true });
    if (!edges && !living && !signIn)
      for (const [name, pictures] of Object.entries(await filesPictures()))
        await inARow(site, pictures, path.join(DOCS, `${name}.png`));
    if (files) return;
    if (edges) return await takeEdgePictures(site, DOCS);
    const rows = [...(signIn ? [] : [livingPictures]), ...(living ? [] : [signInPictures])];
    for (const take of rows)
      for (const [name, pictures] of Object.entries(await take(site)))
        await inARow(site, pictures, path.join(DOCS, `${name}.png`));
    if (living || signIn) return;
    const ann = await openFor(site, 'Ann', { viewport: DESKTOP });
    const ben = await openFor(site, 'Ben', { viewport: DESKTOP });
    const pages = { Ann: ann, Ben: ben };
    await ann.getByText('Here now 2').or(ann.getByText('2 here: show people')).first().waitFor();
    for (const page of [ann, ben]) await visit(page, 'design');
    await ben.getByRole('link', { name: /^lobby/ }).click();
    await say(ann, 'The new icons are in.');
    await say(ann, 'Which of the two do you like better?');
    await ann.getByRole('link', { name: /^lobby/ }).click();
    for (const [who, text] of TALK) {
      await say(pages[who], text);
      for (const page of [ann, ben]) await message(page, text).waitFor({ state: 'attached' });
    }
    await ann.getByRole('textbox', { name: 'Message to lobby' }).blur();
    await ann.mouse.move(600, 20);
    await ben.mouse.move(600, 20);
    await ben
      .getByRole('textbox', { name: 'Message to lobby' })
      .pressSequentially('Safe travels', { delay: 300 });
    await ann.getByText('Ben is typing…').waitFor();
    await sideBySide(
      site,
      [await ann.screenshot(), await ben.screenshot()],
      path.join(DOCS, 'two-people.png'),
    );

    const cleo = await openFor(site, 'Cléo', { viewport: WIDE, colorScheme: 'dark' });
    for (const room of ['design', 'operations']) await visit(cleo, room);
    await cleo.getByRole('link', { name: 'lobby' }).click();
    await say(ben, 'Cléo, welcome! Ann is on the train.');
    await message(cleo, 'Cléo, welcome! Ann is on the train.').waitFor();
    await cleo.screenshot({ path: path.join(DOCS, 'dark.png') });

    const phone = await openFor(site, 'Dana', { viewport: PHONE, isMobile: true, hasTouch: true });
    await message(phone, 'Cléo, welcome! Ann is on the train.').waitFor();
    await phone.screenshot({ path: path.join(DOCS, 'phone.png') });

    await fetch(`${site.stack.url}/api/token`, { method: 'POST', body: '{}' });
    for (let i = 1; i <= 12; i++) {
      await say(ben, `Stop ${i} of 12.`);
      await message(ann, `Stop ${i} of 12.`).waitFor();
    }
    await statistics(site);
    await operatorsConsole(site);

    site.breakDown();
    for (const text of ['Still in here.', 'This one leaves when I do.']) await say(ann, text);
    await message(ann, 'This one leaves when I do.').getByText('sending').waitFor();
    await ann.getByText(/Trying again in ([4-9]|1\d) s/).waitFor({ timeout: 60_000 });
    await ann.mouse.move(600, 20);
    await ann.screenshot({ path: path.join(DOCS, 'offline.png') });
    site.repair();
    await takeEdgePictures(site, DOCS);
  } finally {
    await site.stop();
  }
}

/** The page of local statistics, light beside dark. */
async function statistics(site: Site): Promise<void> {
  const pictures: Buffer[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page } = await site.open({
      hash: '_stats',
      browser: { deviceScaleFactor: 2, viewport: TALL, colorScheme },
    });
    await page.getByText(/^Live/).waitFor();
    pictures.push(await page.screenshot());
  }
  await sideBySide(site, pictures, path.join(DOCS, 'stats.png'), TALL);
}

/** The operator's console: a user with a device and a ban. */
async function operatorsConsole(site: Site): Promise<void> {
  const { url, command } = await startConsole(site.stack.lambdaUrl);
  try {
    const { origin, hash } = new URL(url);
    const { page } = await openPage(site.browser, origin, {
      hash,
      browser: {
        deviceScaleFactor: 2,
        viewport: DESKTOP,
        colorScheme: 'light',
        timezoneId: whereItIsMorning(),
      },
    });
    await page.getByRole('link', { name: 'Users' }).click();
    await page.getByRole('searchbox').fill('Cléo');
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByRole('table').getByRole('link').click();
    await page.getByLabel('Room (empty: every room)').fill('design');
    await page.getByLabel('For').selectOption('30 days');
    await page.getByRole('button', { name: 'Ban', exact: true }).click();
    await page.getByRole('button', { name: 'Unban' }).waitFor();
    await page.screenshot({ path: path.join(DOCS, 'console.png') });
  } finally {
    command.kill('SIGINT');
  }
}

async function openFor(site: Site, name: string, browser: OpenOptions['browser']): Promise<Page> {
  const { page } = await site.open({
    name,
    browser: {
      deviceScaleFactor: 2,
      reducedMotion: 'reduce',
      colorScheme: 'light',
      timezoneId: whereItIsMorning(),
      ...browser,
    },
  });
  return page;
}

/** A time zone in which it is between nine and ten. */
function whereItIsMorning(): string {
  const east = ((9 - new Date().getUTCHours() + 36) % 24) - 12;
  return `Etc/GMT${east < 0 ? '+' : '-'}${Math.abs(east)}`;
}

async function visit(page: Page, room: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Open a room' }).fill(room);
  await page.keyboard.press('Enter');
  await page.getByRole('textbox', { name: `Message to ${room}` }).waitFor();
}

/** Puts two pictures of a size next to each other. */
function sideBySide(
  site: Site,
  pictures: readonly Buffer[],
  file: string,
  { width, height } = DESKTOP,
): Promise<void> {
  const each = pictures.map((png) => ({ png, width }));
  return inARow(site, each, file, height);
}

/** Puts pictures next to each other, on a ground of their own. */
async function inARow(
  { browser }: Site,
  pictures: readonly Picture[],
  file: string,
  height = 620,
): Promise<void> {
  const gap = 24;
  const page = await browser.newPage({
    deviceScaleFactor: 2,
    viewport: {
      width: pictures.reduce((sum, { width }) => sum + width + gap, gap),
      height: height + 2 * gap,
    },
  });
  const images = pictures.map(
    ({ png, width }) => `<img src="data:image/png;base64,${png.toString('base64')}" width="${width}">`,
  );
  await page.setContent(
    `<style>body{display:flex;gap:${gap}px;margin:${gap}px;background:#d9dbe6}img{border-radius:14px}</style>${images.join('')}`,
  );
  await page.screenshot({ path: file });
  await page.close();
}

void runProgram(
  createCommand('npm run screenshots --')
    .description('Make the pictures in docs/.')
    .option('--edges', 'only those of a sixth tab, a ban, two tabs and an old browser')
    .option('--files', 'only those of files and of the gallery')
    .option('--living', 'only those of messages that change')
    .option('--sign-in', "only those of sign-in and of the moderator's view")
    .action(main),
);
