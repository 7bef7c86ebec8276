import type { Page } from 'playwright-core';
import { runProgram } from '../cli/commandLine/command';
import { type LogServer, serveLog } from '../tests/browser/log';
import { join, startSite, until } from '../tests/browser/site';
import { createBench } from './harness/benchCommand';
import { judge, printHeader, printTable } from './harness/report';

const MESSAGES = 5_000;
const ROUNDS = 6;
const ARRIVALS_PER_ROUND = 4;
const FRAMES_PER_ROUND = 100;
const PIXELS_PER_FRAME = 400;
/** How long frames may take, in milliseconds, unless those of an empty page take longer. */
const MAX_FRAME_MS = { p50: 17, p99: 67 };
/** How long the page may be held up while messages arrive and its user types, in milliseconds. */
const MAX_TASK_MS = 100;

/** How long frames took, in milliseconds. */
interface Frames {
  p50: number;
  p99: number;
}

interface Round {
  list: Frames;
  empty: Frames;
  /** The longest task, in milliseconds; 0 when none took 50. */
  task: number;
}

/** Scrolls through a long list in the page, and compares its frames with those of an empty page. */
async function main(options: { full?: true | undefined; check?: true | undefined }): Promise<void> {
  printHeader('bench:scrolling: frames of 5,000 messages with edits, reactions, quotes and markup');
  const site = await startSite();
  try {
    const { page } = await site.open({ browser: { viewport: { width: 1000, height: 700 } } });
    const server = await fillList(page);
    await noteLongTasks(page);
    const empty = await page.context().newPage();
    const rounds: Round[] = [];
    for (let round = 0; round < ROUNDS * (options.full ? 5 : 1); round++)
      rounds.push({
        task: await measureArrivals(page, server),
        empty: await measureFrames(empty),
        list: await measureFrames(page),
      });

    // Other programs make frames slow, and none fast: the quietest round tells most about the list.
    rounds.sort((a, b) => a.list.p99 - b.list.p99);
    printTable(
      [
        'round, the quietest first',
        'p50 ms',
        'p99 ms',
        'empty page p50 ms',
        'empty page p99 ms',
        'longest task ms',
      ],
      rounds.map(({ list, empty: of, task }, at) =>
        [at + 1, list.p50, list.p99, of.p50, of.p99, task].map(String),
      ),
    );
    const [quiet] = rounds;
    if (!quiet) throw new Error('No round was measured.');
    judge(
      [
        ...(['p50', 'p99'] as const).map((part) => ({
          what: `ms a frame, ${part}`,
          value: quiet.list[part],
          atMost: Math.max(MAX_FRAME_MS[part], quiet.empty[part]),
        })),
        {
          what: 'ms of the longest task while messages arrive',
          value: Math.min(...rounds.map(({ task }) => task)),
          atMost: MAX_TASK_MS,
        },
      ],
      options,
    );
  } finally {
    await site.stop();
  }
}

/** Loads every message into the page's list. */
async function fillList(page: Page): Promise<LogServer> {
  // A third of the entries tells of changes.
  const server = await serveLog(page, { length: MESSAGES * 1.5, isLiving: true });
  await join(page, 'Ann');
  const isWhole = async () => {
    await page.locator('.list').evaluate((list) => list.scrollTo(0, 0));
    return (await page.locator('.row').count()) === MESSAGES;
  };
  await until('5,000 messages are in the list', isWhole, 120_000);
  return server;
}

/** Has messages arrive while the page's user types at the end of the list. Gives the longest task, in milliseconds. */
async function measureArrivals(page: Page, server: LogServer): Promise<number> {
  await page.locator('.list').evaluate((list) => list.scrollTo(0, list.scrollHeight));
  await takeLongTasks(page);
  // Not by role: that would look at every row, and be the longest task of all. The list ends with who is writing.
  const lastText = () =>
    page.evaluate(
      () => document.querySelector('.block:nth-last-child(2) .row:last-child .text')?.textContent,
    );
  for (let count = 0; count < ARRIVALS_PER_ROUND; count++) {
    const text = `Live ${server.entries.length}`;
    server.arrive(text);
    await until(`${text} is shown`, async () => (await lastText()) === text);
  }
  await page.locator('textarea').pressSequentially('typing goes on');
  return Math.max(0, ...(await takeLongTasks(page)));
}

/** Has the page note how long it is held up each time, in milliseconds. */
async function noteLongTasks(page: Page): Promise<void> {
  await page.evaluate(() => {
    Reflect.set(globalThis, 'longTasks', []);
    new PerformanceObserver((entries) => {
      for (const { duration } of entries.getEntries())
        Reflect.get(globalThis, 'longTasks').push(Math.round(duration));
    }).observe({ type: 'longtask' });
  });
}

/** Gives the tasks since the last call. */
function takeLongTasks(page: Page): Promise<number[]> {
  return page.evaluate(() => Reflect.get(globalThis, 'longTasks').splice(0));
}

/** Scrolls the page's list up, if it has one, a frame after the other. */
async function measureFrames(page: Page): Promise<Frames> {
  const frames = await page.evaluate(
    async ({ count, pixels }) => {
      const list = document.querySelector('.list');
      const took: number[] = [];
      let last = performance.now();
      while (took.length < count) {
        const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
        took.push(now - last);
        last = now;
        list?.scrollBy(0, -pixels);
      }
      return took;
    },
    { count: FRAMES_PER_ROUND, pixels: PIXELS_PER_FRAME },
  );
  const sorted = frames.toSorted((a, b) => a - b);
  const [p50 = 0, p99 = 0] = [0.5, 0.99].map((part) => sorted[Math.floor(part * (sorted.length - 1))]);
  return { p50: Math.round(p50), p99: Math.round(p99) };
}

void runProgram(
  createBench(
    'bench:scrolling',
    'Measure frames of 5,000 messages in the page, next to an empty page.',
  ).action(main),
);
