import type { BrowserContextOptions, Page } from 'playwright-core';
import type { MessageEntry } from '../../lib/protocol';
import { ANN, BEN, type LogServer, serveLog } from './log';
import { join, type Site } from './site';

/** A picture of the page, and how wide it is shown. */
export interface Picture {
  png: Buffer;
  width: number;
}

const DESKTOP = { width: 640, height: 620 };
const PHONE = { width: 340, height: 620 };

/** Light and dark colours, and a phone. */
export const LOOKS: readonly BrowserContextOptions[] = [
  { viewport: DESKTOP, colorScheme: 'light' },
  { viewport: DESKTOP, colorScheme: 'dark' },
  { viewport: PHONE, colorScheme: 'light', hasTouch: true },
];

const WORDS = [
  'The build of last night is green again.',
  'Which branch?',
  'The one with the new icons.',
  'I have read it: two questions are in the review.',
  'Answered both. Thank you!',
];

/** Takes a picture in light and dark colours, and on a phone. */
async function inAllLooks(
  site: Site,
  hash: string,
  length: number,
  scene: (server: LogServer) => void,
  act: (page: Page) => Promise<unknown>,
): Promise<Picture[]> {
  const pictures: Picture[] = [];
  for (const look of LOOKS) {
    const { page } = await site.open({
      hash,
      browser: { deviceScaleFactor: 2, reducedMotion: 'reduce', ...look },
    });
    const server = await serveLog(page, { length, can: ['send', 'edit', 'delete', 'react'] });
    for (const [at, each] of server.entries.entries())
      if (each.type === 'message') server.entries[at] = { ...each, text: WORDS[at % WORDS.length] ?? '' };
    scene(server);
    await join(page, ANN.name);
    await act(page);
    pictures.push({ png: await page.screenshot(), width: look.viewport?.width ?? DESKTOP.width });
    await page.context().close();
  }
  return pictures;
}

/** A quote, a mention, a deleted message and reactions. */
function talk({ entries, react }: LogServer): void {
  const at = Date.now() - 600_000;
  const say = (from: MessageEntry['from'], text: string, more: Partial<MessageEntry> = {}): number => {
    const seq = entries.length + 1;
    entries.push({ type: 'message', seq, id: `message-${seq}`, from, text, at: at + seq * 10_000, ...more });
    return seq;
  };
  const question = say(BEN, '@Ann, shall we **ship it** on Monday?', { mentions: [ANN.id] });
  const answer = say(ANN, 'Monday is fine. I do the notes.', { replyTo: question, rev: 1, editedAt: at });
  say(BEN, 'Great!');
  const last = say(ANN, 'Wrong room, sorry.');
  const gone = entries[last - 1];
  if (gone?.type === 'message') Object.assign(gone, { type: 'tombstone', deleted: last, by: 'author' });
  react(question, BEN, '🚀', true);
  for (const user of [ANN, BEN]) react(answer, user, '👍', true);
  react(answer, BEN, 'well done', true);
}

/** The pictures of messages that change, by the names of their files. */
export async function livingPictures(site: Site): Promise<Record<string, Picture[]>> {
  const changes = (act: (page: Page) => Promise<unknown>) =>
    inAllLooks(site, '', 2, talk, async (page) => {
      await page.locator('strong', { hasText: 'ship it' }).waitFor();
      await act(page);
    });
  return {
    changes: await changes(async (page) => {
      const row = page.locator('[data-seq="4"]');
      await row.getByRole('button', { name: /^Actions/ }).evaluate((button: HTMLElement) => button.click());
      await page.getByRole('menuitem', { name: 'Reply' }).waitFor();
    }),
    edit: await changes(async (page) => {
      await page.getByRole('textbox', { name: /^Message to/ }).press('ArrowUp');
      await page.getByText('Edit your message').waitFor();
    }),
    react: await changes(async (page) => {
      const row = page.locator('[data-seq="5"]');
      await row.getByRole('button', { name: /^Actions/ }).evaluate((button: HTMLElement) => button.click());
      await page.getByRole('menuitem', { name: 'React', exact: true }).click();
      await page.getByRole('dialog', { name: 'React' }).waitFor();
    }),
    jump: await inAllLooks(
      site,
      '#lobby/420',
      1_000,
      () => {},
      async (page) => {
        await page.locator('.found[data-seq="420"]').waitFor();
        // The mark of the message fades: it is held where it begins.
        await page.evaluate(() => {
          for (const animation of document.getAnimations()) {
            animation.pause();
            animation.currentTime = 0;
          }
        });
      },
    ),
  };
}
