import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Transform } from 'node:stream';
import { promisify } from 'node:util';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { createStats } from '../../local/console/stats';
import { statsPage } from '../../local/console/statsPage';
import type { SignInOptions } from '../../local/signIn/provider';
import { type Stack, startStack } from '../../local/stack';
import type { Template } from '../../local/template/template';
import { startChromium } from './chromium';

const ROOT = path.resolve(__dirname, '..', '..');
const PATIENCE_MS = 10_000;

/** The page on a stack of its own, and a browser to open it in. */
export interface Site {
  stack: Stack;
  browser: Browser;
  /** Opens the page in a browser profile of its own. */
  open(options?: OpenOptions): Promise<Visit>;
  /** Cuts every socket, and lets no new one in until `repair`. */
  breakDown(): void;
  /** Returns what makes the sockets that are open now carry nothing more in a direction, and tells neither side. */
  silencer(): (direction: Direction) => void;
  repair(): void;
  stop(): Promise<void>;
}

type Direction = 'toOrigin' | 'toViewer';

export interface OpenOptions {
  /** Such as `#design`, or the path of another page. */
  hash?: string;
  /** Joins under this name. */
  name?: string;
  browser?: BrowserContextOptions;
}

/** A browser profile with an open page. */
export interface Visit {
  page: Page;
  /** What the page did that it must never do: violations of its policy, errors, dialogs. */
  offences: string[];
}

export interface SiteOptions {
  template?(template: Template): Template;
  /** Starts an identity provider beside the stack. */
  signIn?: SignInOptions;
  params?: Record<string, string>;
  /** A module that reviews messages and edits. */
  reviewer?: string;
  /** Serves the page and its sockets by TLS, with a self-signed certificate. */
  tls?: boolean;
}

/** Builds the page, starts a stack that serves it, and a browser. */
export async function startSite(options: SiteOptions = {}): Promise<Site> {
  const directory = await mkdtemp(path.join(tmpdir(), 'edge-chat-page-'));
  const stops: (() => Promise<unknown>)[] = [() => rm(directory, { recursive: true, force: true })];
  const stop = async () => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  const cuts = new Set<() => void>();
  /** For each socket, the directions in which it carries nothing. */
  const directions: Set<Direction>[] = [];
  const stats = createStats();
  let isBroken = false;

  try {
    const browser = await startChromium();
    stops.push(() => browser.close());
    await promisify(execFile)(process.execPath, [path.join(ROOT, 'web', 'build.mjs'), directory]);
    const stack = await startStack({
      pageDirectory: directory,
      localPages: statsPage(stats),
      print: stats.take,
      ...options,
      hooks: {
        tunnel(cut) {
          cuts.add(cut);
          const silent = new Set<Direction>();
          directions.push(silent);
          const part = (direction: Direction) =>
            new Transform({
              transform: (chunk, _encoding, done) => done(null, silent.has(direction) ? undefined : chunk),
            });
          return { toOrigin: part('toOrigin'), toViewer: part('toViewer') };
        },
        invoke: ({ functionName }, run) =>
          isBroken && functionName.endsWith('authorize')
            ? Promise.resolve({ ok: false, type: 'Broken', message: 'on purpose', trace: '' })
            : run(),
      },
    });
    stops.push(() => stack.stop());

    return {
      stack,
      browser,
      open: (options) => openPage(browser, stack.url, options),
      breakDown() {
        isBroken = true;
        for (const cut of cuts) cut();
        cuts.clear();
      },
      silencer() {
        const now = [...directions];
        return (direction) => {
          for (const silent of now) silent.add(direction);
        };
      },
      repair() {
        isBroken = false;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Opens a page in a browser profile of its own, and notes what it must never do. */
export async function openPage(browser: Browser, url: string, options: OpenOptions = {}): Promise<Visit> {
  const context = await browser.newContext({ locale: 'en-GB', ...options.browser });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const offences: string[] = [];
  page.on('pageerror', (error) => offences.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    offences.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.exposeFunction('reportViolation', (text: string) => offences.push(`violation: ${text}`));
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      const report = Reflect.get(globalThis, 'reportViolation');
      report(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
    });
  });
  await page.goto(`${url}/${options.hash ?? ''}`);
  if (options.name !== undefined) await join(page, options.name);
  return { page, offences };
}

/** Fills in the join form, and waits until the room is open. */
export async function join(page: Page, name: string): Promise<void> {
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: 'Join' }).click();
  await page.getByRole('log').and(page.locator('[aria-busy=false]')).waitFor();
}

/** Writes a message and sends it with Enter. */
export async function say(page: Page, text: string): Promise<void> {
  const box = page.getByRole('textbox', { name: /^Message to/ });
  await box.fill(text);
  await box.press('Enter');
}

/** Presses the button that connects at once. It is not there any more if the page just tried by itself. */
export async function tryNow(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Try now' }).evaluateAll((buttons) => {
    for (const button of buttons as HTMLElement[]) button.click();
  });
}

/** The message of this text, once it is in the list. */
export function message(page: Page, text: string) {
  return page.getByRole('article').filter({ has: page.getByText(text, { exact: true }) });
}

/** Waits for a condition that is no element of the page; the name appears in the error. */
export async function until(
  name: string,
  isSo: () => boolean | Promise<boolean>,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const end = Date.now() + patienceMs;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`Waited ${patienceMs} ms for this: ${name}.`);
    await new Promise((next) => setTimeout(next, 25));
  }
}

/** A site for the tests of a file or a block. After each test, no page may have done what it must never do. */
export function sharedSite(options?: SiteOptions): Site {
  const site = {} as Site;
  const visits: Visit[] = [];
  beforeAll(async () => {
    const started = await startSite(options);
    const open = async (how?: OpenOptions) => {
      const visit = await started.open(how);
      visits.push(visit);
      return visit;
    };
    Object.assign(site, started, { open });
  });
  afterEach(() => expect(visits.flatMap(({ offences }) => offences)).toEqual([]));
  afterAll(() => site.stop?.());
  return site;
}

/** The pages of two people of these names, opened before the tests of a file or a block. */
export function sharedVisits(site: Site, ...names: [string, string]): [Visit, Visit] {
  const visits = [{}, {}] as [Visit, Visit];
  beforeAll(async () => {
    for (const [i, name] of names.entries()) Object.assign(visits[i] ?? {}, await site.open({ name }));
  });
  return visits;
}
