import { Agent, createServer, request } from 'node:http';
import type { Service } from '../../local/hooks';
import { type Stack, startStack } from '../../local/stack';
import { type Listening, listen } from '../../local/util/listen';
import { enter, guestToken } from '../local/guests';
import { type Client, handshake, within } from '../local/support';

jest.setTimeout(60_000);

/** Ways in which a service fails. Each answer is full of what no stranger may read. */
const LEAK =
  'CANARY edge-chat-dev-Messages arn:aws:dynamodb:us-east-1:123456789012 at handler (/var/task/x.js:1:1)';
const FAILURES = {
  'forbids it': [400, JSON.stringify({ __type: 'AccessDeniedException', message: LEAK })],
  'finds it wrong': [400, JSON.stringify({ __type: 'ValidationException', message: LEAK })],
  'answers nonsense': [200, `${LEAK}{`],
  'answers nothing': [200, ''],
  'gives up': [503, LEAK],
} as const;
type Failure = keyof typeof FAILURES;

const FRAMES = [
  { action: 'joinRoom', room: 'den' },
  { action: 'getHistory', room: 'den' },
  { action: 'typing', room: 'den' },
  { action: 'signal', room: 'den', name: 'wave', data: { secret: 'CANARY' } },
  { action: 'ping', rooms: { den: 0 } },
  { action: 'draft', room: 'den', of: 1, generation: 1, offset: 0, text: 'CANARY' },
  { action: 'getDraft', room: 'den', of: 1, user: 'CANARY' },
  { action: 'leaveRoom', room: 'den' },
  { action: 'sendMessage', room: 'den', id: 'a-good-id', text: 'CANARY', after: 0 },
];

/** What the services do now; nothing is "they work". */
let failing: { service: Service; how: Failure } | undefined;
const proxies: Listening[] = [];
const printed: string[] = [];
const said: string[] = [];
let stack: Stack;
let token: string;

/** Stands before a service, and answers in its place while it fails. */
async function proxy(service: Service, url: string): Promise<string> {
  const agent = new Agent({ keepAlive: true });
  const server = createServer((incoming, outgoing) => {
    if (failing?.service === service) {
      const [status, body] = FAILURES[failing.how];
      incoming.resume().once('end', () => outgoing.writeHead(status).end(body));
      return;
    }
    const { method, headers } = incoming;
    const call = request(url + (incoming.url ?? ''), { agent, method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    call.once('error', () => outgoing.destroy());
    incoming.pipe(call);
  });
  server.once('close', () => agent.destroy());
  const listening = await listen(server);
  proxies.push(listening);
  return `http://127.0.0.1:${listening.port}`;
}

beforeAll(async () => {
  stack = await startStack({
    params: { logLevel: 'debug' },
    print: (line) => printed.push(line),
    hooks: { endpoint: proxy },
  });
});

afterAll(async () => {
  await stack?.stop();
  for (const each of proxies) await each.stop();
});

afterEach(() => {
  failing = undefined;
});

const connect = async () => {
  const outcome = await handshake(stack.socketUrl, ['chat.v1', `bearer.${token}`], { origin: stack.url });
  if (outcome.open) outcome.socket.socket.close();
  else said.push(outcome.body, JSON.stringify(outcome.headers));
  return outcome.open ? 101 : outcome.status;
};

const ask = async () => {
  const answer = await fetch(`${stack.url}/api/token`, { method: 'POST', body: '{"name":"Ann"}' });
  const text = await answer.text();
  said.push(text);
  return answer.status;
};

/** Every answer to every frame, which come in any order. */
const answers = async (client: Client) => {
  for (const [i, frame] of FRAMES.entries()) client.send({ ...frame, ref: String(i) });
  const replies = [];
  while (replies.length < FRAMES.length) replies.push(await within('an answer', client.next(), 35_000));
  said.push(...replies.map((reply) => JSON.stringify(reply)));
  return replies;
};

// First, before any container has read a secret and keeps it.
describe('while Secrets Manager', () => {
  beforeAll(() => {
    token = 'e30.e30.e30';
  });

  it.each(Object.keys(FAILURES) as Failure[])('%s, nobody is let in, and it is no bad token', async (how) => {
    failing = { service: 'secrets', how };

    expect([await connect(), await ask()]).toEqual([500, 500]);
  });
});

describe('while the database', () => {
  let ann: Client;
  beforeAll(async () => {
    token = await guestToken(stack, 'Ann');
    ann = await enter(stack, token);
  });
  afterAll(() => ann?.socket.close());

  it.each(Object.keys(FAILURES) as Failure[])('%s, every frame has one answer', async (how) => {
    failing = { service: 'database', how };

    for (const reply of await answers(ann))
      expect(reply).toMatchObject({
        message: expect.stringMatching(/^Internal server error$|send the same frame/),
      });
    expect(await connect()).toBe(502);
  });

  it('is whole again, so is everything', async () => {
    ann.send({ action: 'joinRoom', room: 'den' });
    await ann.nextOf('joined');
    ann.send({ action: 'sendMessage', room: 'den', id: 'a-good-id', text: 'hello', after: 0 });

    expect(await ann.nextOf('ack')).toMatchObject({ seq: 1 });
    expect(await connect()).toBe(101);
  });
});

describe('while posts and hand-overs', () => {
  it.each(
    (['management', 'lambda'] as const).flatMap((service) =>
      (Object.keys(FAILURES) as Failure[]).map((how) => ({ service, how })),
    ),
  )('fail ($service $how), a message is acknowledged all the same', async ({ service, how }) => {
    const room = `${service}-${Object.keys(FAILURES).indexOf(how)}`;
    const [ann, bob] = [await enter(stack, token), await enter(stack, await guestToken(stack, 'Bob'))];
    for (const client of [ann, bob]) {
      client.send({ action: 'joinRoom', room });
      await client.nextOf('joined');
    }
    failing = { service, how };

    ann.send({ action: 'sendMessage', room, id: 'a-good-id', text: 'CANARY', after: 0 });
    const ack = await ann.nextOf('ack');
    said.push(JSON.stringify(ack));

    expect(ack).toMatchObject({ seq: 1 });
    for (const client of [ann, bob]) client.socket.close();
  });
});

it('tells a stranger nothing of the inside', () => {
  expect(said.length).toBeGreaterThan(40);
  for (const text of said)
    expect(text).not.toMatch(/CANARY|edge-chat-dev|arn:|Exception|dynamo|\bat \w+|\.[jt]s\b|node_modules/i);
});

it('writes no token, secret or text into any log', () => {
  const secrets = ['OriginSecret', 'GuestKey'].map((id) => stack.secrets.value(stack.ref(id))?.value ?? '');
  const texts = printed.map((line) => line.replaceAll(LEAK, ''));

  expect(printed.length).toBeGreaterThan(0);
  for (const line of texts)
    for (const canary of [token, 'CANARY', ...secrets]) expect(line).not.toContain(canary);
});
