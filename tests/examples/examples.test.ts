import { randomInt } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import WebSocket from 'ws';
import { createChat, type Room, webSocketFrom } from '../../client';
import { signInGuest } from '../../client/guests';
import type { MessageEntry } from '../../lib/protocol';
import { type Stack, startStack } from '../../local/stack';
import { startChromium } from '../browser/chromium';
import { within } from '../local/support';
import {
  buildPackage,
  exampleFolder,
  freePort,
  has,
  install,
  killAll,
  type RunningExample,
  runExample,
  startExample,
  untilFile,
} from './kit';

jest.setTimeout(60_000);

const EXAMPLES = ['react', 'next', 'node-bot', 'outbox', 'back-end', 'bare-clients'];
const VITE = 'node_modules/vite/bin/vite.js';
const NEXT = 'node_modules/next/dist/bin/next';

/** A test that is skipped, and says why, where the machine lacks what it needs. */
const onlyIf = (isThere: boolean, what: string) => (name: string, test: () => Promise<void>) =>
  isThere ? it(name, test) : it.skip(`${name} (needs ${what})`, test);

let stack: Stack;
let browser: Browser;
let reactUrl: string;
let nextUrl: string;
let witness: Witness;

/** A user who sees everything in the lobby. */
interface Witness {
  room: Room;
  messages: MessageEntry[];
  /** Resolves with the first message that passes. */
  sees(what: string, passes: (message: MessageEntry) => boolean): Promise<MessageEntry>;
  close(): void;
}

async function enterLobby(): Promise<Witness> {
  const { token } = await signInGuest(`${stack.url}/api/token`, 'Wit');
  const chat = createChat({ url: stack.socketUrl, token: () => token, open: webSocketFrom(WebSocket) });
  chat.connect();
  const room = chat.room('lobby');
  const messages: MessageEntry[] = [];
  room.on('message', (message) => messages.push(message));
  await room.join();
  return {
    room,
    messages,
    sees(what, passes) {
      const seen = new Promise<MessageEntry>((resolve) => {
        const look = () => {
          const found = messages.find(passes);
          if (found) resolve(found);
        };
        room.on('message', look);
        look();
      });
      return within(what, seen, 30_000);
    },
    close: () => chat.close(),
  };
}

/** Opens an app, and gives its page with the errors that it reports. */
async function openApp(url: string): Promise<{ page: Page; errors: string[] }> {
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  page.on('console', (line) => {
    if (line.type() === 'error') errors.push(line.text());
  });
  await page.goto(url);
  return { page, errors };
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel('Message').fill(text);
  await page.keyboard.press('Enter');
}

beforeAll(async () => {
  const [reactPort, nextPort] = [await freePort(4173), await freePort(3000)];
  [reactUrl, nextUrl] = [`http://localhost:${reactPort}`, `http://localhost:${nextPort}`];
  await buildPackage();
  await Promise.all(EXAMPLES.map(install));
  stack = await startStack({ params: { allowedOrigins: `${reactUrl},${nextUrl}` } });
  browser = await startChromium();
  await Promise.all([
    runExample('react', ['node', VITE, 'build'], { VITE_STACK: stack.url }),
    runExample('next', ['node', NEXT, 'build'], {
      NEXT_PUBLIC_STACK: stack.url,
      NEXT_TELEMETRY_DISABLED: '1',
      NODE_ENV: 'production',
    }),
  ]);
  const vite = startExample('react', ['node', VITE, 'preview', '--strictPort', '--port', String(reactPort)]);
  const next = startExample('next', ['node', NEXT, 'start', '-p', String(nextPort)], {
    NEXT_TELEMETRY_DISABLED: '1',
    NODE_ENV: 'production',
  });
  await Promise.all([vite.printed(/localhost/), next.printed(/Ready/)]);
  witness = await enterLobby();
}, 170_000);

afterAll(async () => {
  witness?.close();
  killAll();
  await browser?.close();
  await stack?.stop();
});

it('react: an app on another origin chats, and says who types', async () => {
  const { page, errors } = await openApp(reactUrl);

  await say(page, 'hello from Vite');
  await witness.sees('the message of the React app', ({ text }) => text === 'hello from Vite');
  await witness.room.send('hello, Vite');

  await page.getByText('hello, Vite').waitFor();
  await page.getByRole('status').getByText('connected, 2 here').waitFor();
  expect(errors).toEqual([]);
  await page.close();
});

it('next: the server renders the room, and the browser goes on from there', async () => {
  const html = await (await fetch(`${nextUrl}/lobby`)).text();
  const nowhere = await fetch(`${nextUrl}/No%20Room`);
  const { page, errors } = await openApp(`${nextUrl}/lobby`);

  await say(page, 'hello from Next');
  await witness.sees('the message of the Next app', ({ text }) => text === 'hello from Next');
  await witness.room.send('hello, Next');

  await page.getByText('hello, Next').waitFor();
  expect(html).toContain('<h1>lobby</h1><p role="status">disconnected</p>');
  expect(nowhere.status).toBe(404);
  expect(errors).toEqual([]);
  await page.close();
});

it('node-bot: the answer to a React user reaches a Next user', async () => {
  const bot = startExample('node-bot', ['node', 'bot.js'], { STACK: stack.url });
  await within('the bot', bot.printed(/Dice is in lobby/));
  const [ann, bea] = await Promise.all([openApp(reactUrl), openApp(`${nextUrl}/lobby`)]);

  await say(ann.page, '!roll');

  await bea.page.getByText(/Ann rolls [1-6]\./).waitFor();
  await bot.kill();
  await Promise.all([ann.page.close(), bea.page.close()]);
});

it('node-bot: two copies, killed at random, reply to each question once', async () => {
  const questions = 40;
  const start = () => startExample('node-bot', ['node', 'bot.js'], { STACK: stack.url });
  const first = start();
  await within('the first copy', first.printed(/Dice is in lobby/));
  const copies = [first, start()];
  const asked: number[] = [];
  let kills = 0;

  for (let i = 0; i < questions; i++) {
    asked.push((await witness.room.send('!roll')).seq);
    if (i % 2 === 0) continue;
    const index = randomInt(copies.length);
    await copies[index]?.kill();
    kills++;
    copies[index] = start();
  }
  for (const seq of asked) await witness.sees('a reply', ({ replyTo }) => replyTo === seq);
  // A second reply to an earlier question would be in the log before that to a later one.
  const last = await witness.room.send('!roll');
  await witness.sees('the last reply', ({ replyTo }) => replyTo === last.seq);
  await Promise.all(copies.map((copy) => copy.kill()));

  console.log(`node-bot: ${questions} questions, ${kills} kills`);
  const replied = witness.messages.flatMap(({ replyTo }) => (replyTo === undefined ? [] : [replyTo]));
  expect(replied.filter((seq) => asked.includes(seq)).sort((a, b) => a - b)).toEqual(asked);
});

describe('python-bot', () => {
  const state = path.join(exampleFolder('python-bot'), 'state.json');
  const start = (): RunningExample =>
    startExample('python-bot', ['python3', 'bot.py'], { STACK: stack.url, STATE: state });
  const answers = () => witness.messages.filter(({ from }) => from.name === 'Clock');
  const answersTo = (asked: { seq: number }) => (message: MessageEntry) =>
    message.id === `answer-${asked.seq}`;

  beforeEach(() => rm(state, { force: true }));

  it('has at most 80 lines', async () => {
    const lines = (await readFile(path.join(exampleFolder('python-bot'), 'bot.py'), 'utf8')).split('\n');

    expect(lines.length - 1).toBeLessThanOrEqual(80);
  });

  onlyIf(has('python3'), 'python3')('answers each question once, through crashes', async () => {
    await witness.room.send('!time');
    let bot = start();
    await within(
      'the first state of the bot',
      untilFile(state, (text) => text !== ''),
    );
    const first = await witness.room.send('!time');
    await witness.sees('the first answer', answersTo(first));
    await bot.kill();

    const missed = [await witness.room.send('!time'), await witness.room.send('!time')];
    bot = start();
    for (const asked of missed) await witness.sees('an answer after the restart', answersTo(asked));
    // A crash between an answer and the saved cursor: the bot reads its own answers and is silent.
    await bot.kill();
    const saved = JSON.parse(await readFile(state, 'utf8'));
    await writeFile(state, JSON.stringify({ ...saved, cursor: first.seq - 1 }));
    bot = start();
    const live = await Promise.all(Array.from({ length: 10 }, () => witness.room.send('!time')));
    for (const asked of live) await witness.sees('an answer to one of many', answersTo(asked));
    await bot.kill();

    expect(answers().map(({ id }) => id)).toEqual(
      [first, ...missed, ...live].map(({ seq }) => `answer-${seq}`),
    );
  });
});

onlyIf(isBuiltin('node:sqlite'), 'Node 22.13')(
  'outbox: a send outlives its process, and goes out once',
  async () => {
    const folder = exampleFolder('outbox');
    const keeps = (content: string) => content.includes('written offline');
    for (const file of ['token', 'sends.db', 'sends.db-wal', 'sends.db-shm'])
      await rm(path.join(folder, file), { force: true });
    const offline = startExample('outbox', ['node', 'send.js', 'written offline'], {
      STACK: 'http://127.0.0.1:9',
    });
    await within('the record on the disk', untilFile(path.join(folder, 'sends.db-wal'), keeps));
    await offline.kill();

    await runExample('outbox', ['node', 'send.js', 'written online'], { STACK: stack.url });

    await witness.sees('the later message', ({ text }) => text === 'written online');
    expect(textsOf('Sam')).toEqual(['written offline', 'written online']);
  },
);

it('back-end: each event of an order is one message, however often the program runs', async () => {
  const env = {
    STACK: stack.url,
    AWS_ENDPOINT_URL_LAMBDA: stack.lambdaUrl,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
  const { token } = await signInGuest(`${stack.url}/api/token`, 'Orders');

  const first = await runExample('back-end', ['node', 'orders.js', '77'], { ...env, TOKEN: token });
  const again = await runExample('back-end', ['node', 'orders.js', '77'], { ...env, TOKEN: token });

  await witness.sees('the last message', ({ text }) => text === 'Order 77 has arrived.');
  expect(textsOf('Orders')).toEqual(['Order 77 is on its way.', 'Order 77 has arrived.']);
  expect(first).not.toContain('duplicate');
  expect(again.match(/duplicate: true/g)).toHaveLength(2);
});

onlyIf(has('curl') && has('bash'), 'curl and bash')(
  'bare-clients: each command of the README does what the README says',
  async () => {
    const readme = await readFile(path.join(exampleFolder('bare-clients'), 'README.md'), 'utf8');
    const commands = [...readme.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block = '']) => block);
    const { host, hostname, port } = new URL(stack.url);
    const script = commands
      .join('\n')
      .replaceAll('localhost:8080', host)
      .replaceAll('/dev/tcp/localhost/8080', `/dev/tcp/${hostname}/${port}`);

    const output = await runExample('bare-clients', ['bash', '-c', `${script}\ntrue`]);

    await witness.sees('the message of curl', ({ text }) => text === 'Hello from curl');
    await witness.sees('the message of the raw socket', ({ text }) => text === 'Hello from bash');
    expect(output).toContain('HTTP/1.1 101 Switching Protocols');
    expect(output.match(/{"type":"joined","room":"lobby"/g)).toHaveLength(2);
  },
);

const textsOf = (name: string): string[] =>
  witness.messages.filter(({ from }) => from.name === name).map(({ text }) => text);
