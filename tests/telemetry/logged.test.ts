import { createServer } from 'node:http';
import path from 'node:path';
import { createDatabase } from '../../lib/aws/dynamodb/client';
import { createLogStore } from '../../lib/aws/dynamodb/logStore';
import metrics from '../../lib/telemetry/metrics.json';
import type { Answer } from '../../local/apiGateway/managementApi';
import { type Stack, startStack } from '../../local/stack';
import { type Listening, listen } from '../../local/util/listen';
import { CREDENTIALS } from '../../local/util/sigV4';
import { enter, guestToken } from '../local/guests';
import { type Client, handshake } from '../local/support';
import { type PushService, startPushService } from '../support/pushService';
import { breakDatabase } from './brokenDatabase';
import { createReader } from './metricsLogged';
import { metricsRead } from './metricsRead';

jest.setTimeout(90_000);

const SECRET = 'what only the room may read';
const ROOM = 'kitchen';

const reader = createReader();
const broken = new Set<string>();
/** What posts are answered instead of being delivered, for now. */
let answer: Answer | undefined;
let stack: Stack;
let proxy: Listening;
/** Gets events, and fails at the first. */
let sink: Listening;
let pushService: PushService;
const tokens: string[] = [];

async function join(name: string): Promise<Client> {
  const token = await guestToken(stack, name);
  tokens.push(token);
  const client = await enter(stack, token);
  client.send({ action: 'joinRoom', room: ROOM });
  await client.nextOf('joined');
  return client;
}

let sent = 0;

/** Sends a message; gives the reply. Each has an id of its own unless one is given. */
async function say(who: Client, id = `message-${++sent}`, after = 0): Promise<Record<string, unknown>> {
  who.send({ action: 'sendMessage', room: ROOM, id, text: SECRET, after });
  return who.nextOf('ack');
}

/** Has a user notified in two browsers, of which the push service of one fails. */
async function notify(author: Client, user: Client): Promise<void> {
  const [, token = ''] = tokens;
  const headers = { authorization: `Bearer ${token}`, origin: stack.url };
  const { key } = (await (await fetch(`${stack.url}/api/push`, { headers })).json()) as { key: string };
  const [one, other] = [pushService.subscribe(key), pushService.subscribe(key)];
  pushService.answer(other.endpoint, 500);
  for (const subscription of [one, other])
    await fetch(`${stack.url}/api/push`, { method: 'POST', headers, body: JSON.stringify(subscription) });
  user.send({ action: 'follow', room: ROOM });
  await user.nextOf('ok');
  const { sub } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  const mention = { id: 'mentions-bob', text: SECRET, mentions: [sub], after: 0 };
  author.send({ action: 'sendMessage', room: ROOM, ...mention });
  await author.nextOf('ack');
}

/** Has the context misbehave while something is done. */
async function during<T>(begin: () => void, run: () => Promise<T>, end: () => void): Promise<T> {
  begin();
  try {
    return await run();
  } finally {
    end();
  }
}

const withBroken = <T>(call: string, run: () => Promise<T>) =>
  during(
    () => broken.add(call),
    run,
    () => broken.delete(call),
  );

beforeAll(async () => {
  let hasFailed = false;
  sink = await listen(
    createServer((_request, response) => {
      response.writeHead(hasFailed ? 204 : 500).end();
      hasFailed = true;
    }),
  );
  pushService = await startPushService();
  const eventsUrl = `http://127.0.0.1:${sink.port}/`;
  stack = await startStack({
    params: {
      ...{ watch: 'all', alarmEmail: 'ops@example.com', historyHours: '1', events: 'https', eventsUrl },
      ...{ push: 'on', notifyAfter: '0', pushText: 'on', pushHosts: pushService.host },
    },
    print: reader.take,
    reviewer: path.join(__dirname, 'reviewer.mjs'),
    hooks: {
      post: async (_post, deliver) => answer ?? deliver(),
      async endpoint(service, url) {
        if (service !== 'database') return url;
        proxy = await breakDatabase(url, broken);
        return `http://127.0.0.1:${proxy.port}`;
      },
    },
  });
});

afterAll(async () => {
  await stack.stop();
  await proxy.stop();
  await sink.stop();
  await pushService.stop();
});

it('everything that can happen is logged', async () => {
  await expect(guestToken(stack, `${'x'.repeat(200)}\n{"level":"info"}`)).rejects.toThrow('No token');
  await handshake(stack.socketUrl, ['chat.v1', 'bearer.no-token'], { origin: stack.url });
  const [ann, bob] = [await join('Ann'), await join('Bob')];

  await say(ann);
  await say(ann, 'message-1');
  ann.send({ action: 'getHistory', room: ROOM, after: 0 });
  await ann.nextOf('history');
  ann.send({ action: 'react', room: ROOM, of: 1, name: '👏', on: true, v: 1 });
  await ann.nextOf('ok');
  for (const change of [
    { action: 'editMessage', id: 'the-edit', text: `${SECRET} again` },
    { action: 'deleteMessage', id: 'the-deletion' },
  ]) {
    ann.send({ room: ROOM, of: 1, after: 0, ...change });
    await ann.nextOf('ack');
  }

  ann.send({ action: 'sendMessage', room: ROOM, id: 'unreviewed', text: 'no verdict', after: 0 });
  expect(await ann.nextOf('error')).toMatchObject({ code: 'unavailable' });
  ann.send({ action: 'sendMessage', room: ROOM, id: 'held-aside', text: 'hold this', after: 0 });
  expect(await ann.nextOf('error')).toMatchObject({ code: 'held' });

  answer = { status: 403, error: 'ForbiddenException', body: {} };
  await say(ann);
  answer = { status: 429, error: 'LimitExceededException', body: {} };
  await say(ann);
  answer = { status: 503, error: 'ServiceUnavailableException', body: {} };
  const last = Number((await say(ann)).seq);
  answer = undefined;

  const env = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: stack.databaseUrl,
  };
  const log = createLogStore(createDatabase(env), stack.ref('Messages'));
  const from = { id: 'somebody-else', name: 'Somebody' };
  const first = {
    type: 'message' as const,
    seq: last + 1,
    id: 'from-elsewhere',
    text: 'first!',
    from,
    at: Date.now(),
  };
  expect(await log.put(ROOM, first)).toBe('written');
  expect(await say(ann)).toMatchObject({ seq: last + 2 });

  await withBroken('UpdateItem Messages', () => say(ann));
  await withBroken('Query Members', () => say(ann));
  ann.send({ action: 'getHistory', room: ROOM });
  await ann.nextOf('history');
  await withBroken('Query Messages', async () => {
    ann.send({ action: 'getHistory', room: ROOM });
    expect(await ann.nextOf('error')).toMatchObject({ code: 'unavailable' });
  });

  await notify(ann, bob);
  answer = { status: 410, error: 'GoneException', body: {} };
  await say(ann);
  answer = undefined;
  ann.socket.close();
  bob.socket.close();

  const { byStack } = metrics;
  await Promise.all(Object.keys(byStack.units).map((name) => reader.metric(name)));
  await Promise.all(
    ['token', 'badField', 'unavailable'].map((Reason) => reader.metric('Refused', { Reason })),
  );
});

it('every metric that the dashboard and the alarms read is logged, with the same dimensions', () => {
  const own = metricsRead(stack.template).filter(({ namespace }) => !namespace.startsWith('AWS/'));

  const missing = own.filter(
    (read) =>
      !reader.logged.some(
        ({ namespace, name, dimensions }) =>
          namespace === read.namespace &&
          name === read.name &&
          Object.keys(dimensions).sort().join() === Object.keys(read.dimensions).sort().join() &&
          Object.entries(read.dimensions).every(
            ([key, value]) => value === undefined || dimensions[key] === value,
          ),
      ),
  );

  expect(missing).toEqual([]);
  expect(new Set(own.map(({ by }) => by)).size).toBeGreaterThan(10);
});

it('everything that is logged as a metric is on the dashboard', () => {
  const shown = new Set(metricsRead(stack.template).map(({ name }) => name));

  expect(
    Object.keys({ ...metrics.byStack.units, ...metrics.byReason.units }).filter((name) => !shown.has(name)),
  ).toEqual([]);
});

it('every line of ours is JSON with its ids', () => {
  const lines = reader.lines.filter((line) => line.includes('"level"')).map((line) => JSON.parse(line));

  const frames = lines.filter(({ message }) => /^(sendMessage|joinRoom|getHistory) /.test(message));
  expect(frames.length).toBeGreaterThan(9);
  for (const line of frames)
    expect(line).toMatchObject({
      requestId: expect.stringMatching(/^[\w-]+$/),
      connectionId: expect.stringMatching(/=$/),
      gatewayRequestId: expect.stringMatching(/=$/),
      room: ROOM,
      ms: expect.any(Number),
    });
  expect(frames).toContainEqual(expect.objectContaining({ messageId: 'message-1', seq: 1 }));
  expect(lines).toContainEqual(expect.objectContaining({ message: 'fanOut done', room: ROOM, seq: 6 }));
});

it('connections and refusals name the user, the address and the origin, whatever a stranger sends', async () => {
  const hostile = `https://evil.example/${'x'.repeat(300)}`;
  await handshake(stack.socketUrl, ['chat.v1', 'bearer.no-token'], { origin: hostile });
  const direct = { origin: stack.url, headers: { 'CloudFront-Viewer-Address': '203.0.113.7:1' } };
  await handshake(stack.socketDirectUrl, ['chat.v1'], {
    ...direct,
    headers: { ...direct.headers, 'X-Edge-Chat-Origin': 'guessed' },
  });

  const from = { level: 'info', address: '127.0.0.1' };
  const own = { ...from, origin: stack.url };
  const opened = await reader.line({ ...own, message: 'connect opened' });
  expect(opened.userId).toMatch(/^guest:/);
  await reader.line({ ...own, message: 'authorize refused', Reason: 'token' });
  await reader.line({ ...own, message: 'token issued' });
  await reader.line({ ...own, message: 'token refused', Reason: 'badField' });
  // An origin that is no origin is left out, and so is what came past CloudFront.
  expect(await reader.line({ ...from, Reason: 'origin' })).not.toHaveProperty('origin');
  expect(await reader.line({ ...from, Reason: 'notFromEdge' })).not.toHaveProperty('origin');
  expect(reader.lines.join('')).not.toMatch(/203\.0\.113\.7|evil\.example/);
});

it('no text, no token and no display name is in any line', () => {
  const all = reader.lines.join('\n');

  expect(tokens.length).toBeGreaterThan(1);
  for (const word of [
    SECRET,
    'Ann',
    'Bob',
    'xxxxx',
    'bearer',
    ...tokens,
    ...tokens.map((each) => each.split('.')[1] ?? ''),
  ])
    expect(all).not.toContain(word);
});
