import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Service } from '../../local/hooks';
import { type Stack, startStack } from '../../local/stack';
import { type JsonRecord, listAt, recordAt, type Template } from '../../local/template/template';
import { listen } from '../../local/util/listen';
import { enter, guestToken } from './guests';
import { handshake, open, portOf, rawRequest, upgradeLines } from './support';

jest.setTimeout(60_000);

const offer = (jwt: string) => ['chat.v1', `bearer.${jwt}`];
const token = (stack: Stack) => guestToken(stack, 'ann');
const join = async (stack: Stack, name = 'ann') => enter(stack, await guestToken(stack, name));

/** The headers that the WebSocket's behaviour forwards. */
const socketHeaders = (template: Template) =>
  recordAt(
    recordAt(template.Resources.SocketRequests?.Properties ?? {}, 'OriginRequestPolicyConfig'),
    'HeadersConfig',
  );

/** Passes connections on to a service, and keeps what is sent to it. */
async function startTap(url: string): Promise<{ url: string; sent(): string; stop(): Promise<void> }> {
  const chunks: Buffer[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    const onward = connect(Number(new URL(url).port), '127.0.0.1');
    for (const end of [socket, onward]) sockets.push(end.on('error', () => end.destroy()));
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.pipe(onward).pipe(socket);
  });
  const { port, stop } = await listen(server);
  return { url: `http://127.0.0.1:${port}`, sent: () => Buffer.concat(chunks).toString('latin1'), stop };
}

describe.each<[string, Record<string, string>]>([
  ['own', {}],
  ['sdk', { awsClients: 'sdk' }],
])('the stack as it is deployed with awsClients=%s', (awsClients, params) => {
  let stack: Stack;
  const taps = new Map<Service, Awaited<ReturnType<typeof startTap>>>();

  beforeAll(async () => {
    stack = await startStack({
      params,
      hooks: {
        async endpoint(service, url) {
          // The management API refuses requests under another host's name.
          if (service === 'management') return url;
          const tap = await startTap(url);
          taps.set(service, tap);
          return tap.url;
        },
      },
    });
  });
  afterAll(async () => {
    await stack.stop();
    for (const tap of taps.values()) tap.stop();
  });

  it('lets two people chat through the edge', async () => {
    const [ann, bob] = [await join(stack, 'ann'), await join(stack, 'bob')];
    for (const person of [ann, bob]) {
      person.send({ action: 'joinRoom', room: 'kitchen' });
      expect(await person.nextOf('joined')).toMatchObject({ room: 'kitchen' });
    }

    ann.send({ action: 'sendMessage', room: 'kitchen', id: 'message-1', text: 'tea?', after: 0 });

    expect(await bob.nextOf('message')).toMatchObject({ seq: 1, text: 'tea?', from: { name: 'ann' } });
    expect(await ann.nextOf('ack')).toMatchObject({ seq: 1 });
    for (const person of [ann, bob]) person.socket.close();
  });

  it.each<Service>(['database', 'secrets'])('calls the %s with these clients', async (service) => {
    (await join(stack)).socket.close();
    const sent = taps.get(service)?.sent() ?? '';

    expect(sent).toMatch(/^(POST|DELETE) /);
    expect(/^user-agent: aws-sdk-js/im.test(sent)).toBe(awsClients === 'sdk');
  });

  it('answers a ping', async () => {
    const ann = await join(stack);

    ann.send({ action: 'ping', rooms: {} });

    expect(await ann.nextOf('pong')).toMatchObject({ behind: {} });
    expect(ann.protocol).toBe('chat.v1');
    ann.socket.close();
  });

  it('is refused past the edge without the secret, and with another', async () => {
    const jwt = await token(stack);
    const wrong = { headers: { 'X-Edge-Chat-Origin': 'guessed' }, origin: stack.url };

    const bare = await handshake(stack.socketDirectUrl, offer(jwt), { origin: stack.url });
    const guessed = await handshake(stack.socketDirectUrl, offer(jwt), wrong);
    const api = await fetch(`${stack.apiDirectUrl}/api/token`, { method: 'POST', body: '{"name":"ann"}' });

    expect([bare, guessed]).toMatchObject([{ status: 401 }, { status: 403 }]);
    expect(api.status).toBe(403);
  });

  it('takes the secret from the edge, whatever the viewer sends', async () => {
    const options = { headers: { 'X-Edge-Chat-Origin': 'guessed' }, origin: stack.url };

    const outcome = await handshake(stack.socketUrl, offer(await token(stack)), options);

    expect(outcome.open).toBe(true);
    if (outcome.open) outcome.socket.socket.close();
  });

  it('is refused under the name of the edge', async () => {
    const { lines } = upgradeLines('/ws', new URL(stack.url).host, ['X-Edge-Chat-Origin: guessed']);

    expect((await rawRequest(portOf(stack.socketDirectUrl), lines)).status).toBe(403);
  });

  it('reads a rotated secret where it is kept: the edge’s old one still works', async () => {
    stack.secrets.rotate(stack.ref('OriginSecret'));

    const ann = await join(stack);

    expect(ann.protocol).toBe('chat.v1');
    ann.socket.close();
  });
});

it('refuses everyone when the policy holds back the subprotocols, in which the token is', async () => {
  const stack = await startStack({
    template: (template) => {
      const headers = listAt(socketHeaders(template), 'Headers');
      headers.splice(headers.indexOf('Sec-WebSocket-Protocol'), 1);
      return template;
    },
  });
  try {
    const outcome = await handshake(stack.socketUrl, offer(await token(stack)), { origin: stack.url });

    expect(outcome).toMatchObject({ open: false, status: 403 });
  } finally {
    await stack.stop();
  }
});

it('gives a function the variables of the template and no other function’s', async () => {
  const printed: string[] = [];
  const stack = await startStack({
    print: (line) => printed.push(line),
    template: (template) => {
      const { Properties = {} } = template.Resources.RoomActionsLambdaFunction ?? {};
      delete (recordAt(recordAt(Properties, 'Environment'), 'Variables') as JsonRecord).MEMBERS_TABLE;
      return template;
    },
  });
  try {
    const ann = await join(stack);
    ann.send({ action: 'joinRoom', room: 'kitchen' });

    expect(await ann.next()).toMatchObject({ message: 'Internal server error' });
    expect(printed.join('\n')).toMatch(/MEMBERS_TABLE/);
  } finally {
    await stack.stop();
  }
});

it('keeps history and tokens in its data directory, and tells one store from another', async () => {
  const data = mkdtempSync(path.join(tmpdir(), 'edge-chat-data-'));
  const history = async (options: { data?: string }, jwt?: string) => {
    const stack = await startStack(options);
    try {
      const ann = await open(stack.socketUrl, offer(jwt ?? (await token(stack))), { origin: stack.url });
      ann.send({ action: 'joinRoom', room: 'kitchen' });
      const joined = await ann.nextOf('joined');
      ann.send({
        action: 'sendMessage',
        room: 'kitchen',
        id: `message-${Date.now()}`,
        text: 'tea?',
        after: joined.head,
      });
      await ann.nextOf('ack');
      return { jwt: jwt ?? (await token(stack)), head: joined.head, log: joined.log };
    } finally {
      await stack.stop();
    }
  };

  const first = await history({ data });
  const second = await history({ data }, first.jwt);
  const other = await history({});

  expect([first.head, second.head, other.head]).toEqual([0, 1, 0]);
  expect(second.log).toBe(first.log);
  expect(other.log).not.toBe(first.log);
  rmSync(data, { recursive: true });
});

it('can run beside itself', async () => {
  const stacks = await Promise.all([startStack(), startStack()]);
  try {
    const [ann, bob] = await Promise.all(stacks.map((stack) => join(stack)));
    ann?.send({ action: 'sendMessage', room: 'kitchen', id: 'message-1', text: 'x', after: 0 });
    bob?.send({ action: 'joinRoom', room: 'kitchen' });

    expect(await bob?.nextOf('joined')).toMatchObject({ head: 0, memberCount: 1 });
  } finally {
    await Promise.all(stacks.map((stack) => stack.stop()));
  }
});
