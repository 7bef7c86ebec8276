import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import type { WebSocketApi } from '../../local/apiGateway/apis';
import { throttlesOf } from '../../local/apiGateway/throttle';
import {
  type RunningWebSocketApi,
  startWebSocketApi,
  type WebSocketApiOptions,
} from '../../local/apiGateway/webSocketApi';
import type { Invocation } from '../../local/lambda/functions';
import { CREDENTIALS } from '../../local/util/sigV4';
import { handshake, open, rawRequest, upgradeLines, within } from './support';

const secret = { headers: { 'X-Edge-Chat-Origin': 'a-secret' } };

const api: WebSocketApi = {
  id: 'abcdefghij',
  host: 'abcdefghij.execute-api.us-east-1.amazonaws.com',
  stage: 'ws',
  selector: 'action',
  routes: new Map([
    ['$connect', 'connect'],
    ['$disconnect', 'disconnect'],
    ['$default', 'others'],
    ['say', 'say'],
    ['mute', 'mute'],
  ]),
  throttles: throttlesOf({}),
  replying: new Set(['$default', 'say']),
  authorizer: { functionName: 'authorize', headers: ['x-edge-chat-origin'] },
};

type SocketEvent = {
  requestContext: Record<string, unknown>;
  headers?: Record<string, string>;
  body?: string;
  methodArn?: string;
};
type Functions = Record<string, (event: SocketEvent) => unknown>;

const allow = ({ methodArn }: SocketEvent, Effect = 'Allow') => ({
  principalId: 'ann',
  policyDocument: {
    Version: '2012-10-17',
    Statement: [{ Action: 'execute-api:Invoke', Effect, Resource: methodArn }],
  },
  context: { user: 'ann', expires: 7 },
});

const defaults: Functions = {
  authorize: allow,
  connect: () => ({ statusCode: 200 }),
  disconnect: () => ({ statusCode: 200 }),
  others: (event) => ({ statusCode: 200, body: JSON.stringify({ others: event.requestContext.routeKey }) }),
  say: (event) => ({ statusCode: 200, body: JSON.stringify({ said: event.body }) }),
  mute: () => ({ statusCode: 200, body: 'nobody hears this' }),
};

const running: RunningWebSocketApi[] = [];

/** A gateway before functions of this test, and everything they were invoked with. */
async function gateway(functions: Functions = {}, options: Partial<WebSocketApiOptions> = {}) {
  const calls: { name: string; event: SocketEvent }[] = [];
  const waiting: { name: string; resolve: (event: SocketEvent) => void }[] = [];
  const invoke = async (name: string, event: unknown): Promise<Invocation> => {
    const call = { name, event: event as SocketEvent };
    calls.push(call);
    waiting.find((each) => each.name === name)?.resolve(call.event);
    try {
      return { ok: true, value: await { ...defaults, ...functions }[name]?.(call.event) };
    } catch (error) {
      return { ok: false, type: 'Error', message: (error as Error).message, trace: '' };
    }
  };
  const started = await startWebSocketApi({ api, invoke, ...options });
  running.push(started);
  return {
    url: `ws://127.0.0.1:${started.port}/ws`,
    port: started.port,
    connections: started.connections,
    called: (name: string) => calls.filter((call) => call.name === name).map((call) => call.event),
    invoked: (name: string) =>
      within(
        `an invocation of ${name}`,
        new Promise<SocketEvent>((resolve) => waiting.push({ name, resolve })),
      ),
    management: new ApiGatewayManagementApiClient({
      region: 'us-east-1',
      endpoint: `http://127.0.0.1:${started.port}/ws`,
      credentials: CREDENTIALS,
      maxAttempts: 1,
    }),
  };
}

afterEach(async () => {
  for (const each of running.splice(0)) await each.stop();
});

const idOf = (connections: Map<string, unknown>) => [...connections.keys()][0] ?? '';
const statusOf = (call: Promise<unknown>) =>
  call.then(
    () => 200,
    (error) => error.$metadata?.httpStatusCode,
  );

describe('the handshake', () => {
  it('is refused without the identity source, and no function runs', async () => {
    const { url, called } = await gateway();

    expect(await handshake(url)).toMatchObject({ status: 401 });

    expect(called('authorize')).toEqual([]);
  });

  it.each([
    ['denies', (event: SocketEvent) => allow(event, 'Deny'), 403],
    [
      'allows another resource only',
      (event: SocketEvent) => ({ ...allow(event), ...allow({ ...event, methodArn: 'arn:aws:x' }) }),
      403,
    ],
    ['crashes', () => Promise.reject(new Error('boom')), 500],
    ['says Unauthorized', () => Promise.reject(new Error('Unauthorized')), 401],
    ['gives no policy', () => ({ statusCode: 200 }), 500],
    [
      'gives a context that is not flat',
      (event: SocketEvent) => ({ ...allow(event), context: { a: {} } }),
      500,
    ],
  ])('is refused when the authorizer %s', async (_case, authorize, status) => {
    const { url, called } = await gateway({ authorize });

    expect(await handshake(url, [], secret)).toMatchObject({ open: false, status });

    expect(called('connect')).toEqual([]);
  });

  it.each([
    ['refuses', () => ({ statusCode: 403 }), 403],
    ['crashes', () => Promise.reject(new Error('boom')), 502],
    ['answers nothing', () => undefined, 502],
  ])('is refused when $connect %s', async (_case, connect, status) => {
    const { url, connections } = await gateway({ connect });

    expect(await handshake(url, [], secret)).toMatchObject({ open: false, status });

    expect(connections.size).toBe(0);
  });

  it.each([
    ['another host', ['/ws', 'd111.cloudfront.net'], 403],
    ['another path', ['/', api.host], 403],
    ['a path below the stage', ['/ws/room', api.host], 403],
    ['its own name', ['/ws', api.host], 101],
  ])('for %s', async (_case, [path = '', host = ''], status) => {
    const { port } = await gateway();

    const answer = await rawRequest(port, upgradeLines(path, host, ['X-Edge-Chat-Origin: a-secret']).lines);

    expect(answer.status).toBe(status);
    answer.socket.destroy();
  });

  it('does not negotiate compression', async () => {
    const { url } = await gateway();

    const { socket } = await open(url, [], { ...secret, perMessageDeflate: true });

    expect(socket.extensions).toBe('');
  });
});

describe('the subprotocol', () => {
  it('is echoed when $connect returns it', async () => {
    const { url } = await gateway({
      connect: () => ({ statusCode: 200, headers: { 'sec-websocket-protocol': 'chat.v1' } }),
    });

    const client = await open(url, ['other', 'chat.v1'], secret);

    expect(client.protocol).toBe('chat.v1');
  });

  it('is not echoed when $connect does not return it', async () => {
    const { port } = await gateway();
    const more = ['X-Edge-Chat-Origin: a-secret', 'Sec-WebSocket-Protocol: chat.v1'];

    const answer = await rawRequest(port, upgradeLines('/ws', api.host, more).lines);

    expect(answer.status).toBe(101);
    expect(answer.headers.has('sec-websocket-protocol')).toBe(false);
    answer.socket.destroy();
  });
});

describe('an event', () => {
  it('looks like API Gateway’s', async () => {
    const { url, called } = await gateway();
    const client = await open(url, [], { ...secret, headers: { ...secret.headers, 'User-Agent': 'tests' } });

    client.send({ action: 'say' });
    await client.next();

    const [event] = called('say');
    expect(event).toEqual({
      body: '{"action":"say"}',
      isBase64Encoded: false,
      requestContext: expect.objectContaining({
        routeKey: 'say',
        eventType: 'MESSAGE',
        stage: 'ws',
        domainName: api.host,
        apiId: api.id,
        messageDirection: 'IN',
        connectionId: expect.stringMatching(/^[A-Za-z0-9_-]{15}=$/),
        identity: { sourceIp: '127.0.0.1', userAgent: 'tests' },
        authorizer: expect.objectContaining({ principalId: 'ann', user: 'ann', expires: '7' }),
      }),
    });
  });

  it('has one connection id from $connect to $disconnect, which says how it ended', async () => {
    const { url, called, invoked } = await gateway();
    const client = await open(url, [], secret);
    const forgotten = invoked('disconnect');

    client.socket.close(4000, 'bye');
    const { requestContext } = await forgotten;

    expect(requestContext.connectionId).toBe(called('connect')[0]?.requestContext.connectionId);
    expect(requestContext).toMatchObject({
      eventType: 'DISCONNECT',
      disconnectStatusCode: 4000,
      disconnectReason: 'bye',
    });
  });
});

describe('a frame', () => {
  it.each([
    ['an unknown action', '{"action":"sing"}'],
    ['no action', '{}'],
    ['an action that is no text', '{"action":7}'],
    ['no JSON', 'hello'],
    ['the key of $connect', '{"action":"$connect"}'],
    ['the key of $disconnect', '{"action":"$disconnect"}'],
    ['the key of $default', '{"action":"$default"}'],
  ])('with %s goes to $default', async (_case, frame) => {
    const { url, called } = await gateway();
    const client = await open(url, [], secret);

    client.send(frame);

    expect(await client.next()).toEqual({ others: '$default' });
    expect(called('connect')).toHaveLength(1);
    expect(called('disconnect')).toEqual([]);
  });

  it('is not answered on a route without a route response', async () => {
    const { url } = await gateway();
    const client = await open(url, [], secret);

    client.send({ action: 'mute' });
    client.send({ action: 'say' });

    expect(await client.next()).toHaveProperty('said');
  });

  it('whose function throws is answered by API Gateway itself', async () => {
    const { url, connections } = await gateway({ say: () => Promise.reject(new Error('boom')) });
    const client = await open(url, [], secret);

    client.send({ action: 'say' });

    expect(await client.next()).toEqual({
      message: 'Internal server error',
      connectionId: idOf(connections),
      requestId: expect.any(String),
    });
  });

  it.each([
    ['over 32 KB', (size: number) => size + 1, 1009],
    ['of 32 KB', (size: number) => size, undefined],
  ])('%s', async (_case, sizeOf, code) => {
    const { url } = await gateway();
    const client = await open(url, [], secret);

    client.send('x'.repeat(sizeOf(32 * 1024)));

    if (code) expect(await within('the close', client.closed)).toMatchObject({ code });
    else expect(await client.next()).toHaveProperty('others');
  });

  it.each([
    ['over 128 KB in small frames', 1, 1009],
    ['of 128 KB in small frames', 0, undefined],
  ])('message %s', async (_case, more, code) => {
    const { url } = await gateway();
    const client = await open(url, [], secret);

    for (let i = 0; i < 4; i++) client.socket.send('x'.repeat(32 * 1024), { fin: more === 0 && i === 3 });
    if (more) client.socket.send('x');

    if (code) expect(await within('the close', client.closed)).toMatchObject({ code });
    else expect(await client.next()).toHaveProperty('others');
  });

  it('of bytes ends the connection with 1003', async () => {
    const { url, called } = await gateway();
    const client = await open(url, [], secret);

    client.socket.send(Buffer.from('{"action":"say"}'));

    expect(await within('the close', client.closed)).toMatchObject({ code: 1003 });
    expect(called('say')).toEqual([]);
  });
});

describe('frames that come faster than they are answered', () => {
  it('wait while two are, and nobody else waits for them', async () => {
    let began = 0;
    let end = (): void => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const { url, called } = await gateway({
      say: async () => {
        began++;
        await ended;
        return { statusCode: 200, body: '{"said":true}' };
      },
    });
    const [eager, other] = [await open(url, [], secret), await open(url, [], secret)];

    for (let i = 0; i < 500; i++) eager.send({ action: 'say' });
    other.send('hello');

    expect(await other.next()).toEqual({ others: '$default' });
    expect(began).toBe(2);
    end();
    for (let i = 0; i < 500; i++) expect(await eager.next()).toEqual({ said: true });
    expect(called('say')).toHaveLength(500);
  });

  it('are not answered any more once their connection is closed', async () => {
    const { url, called, connections } = await gateway({
      say: async () => {
        await new Promise(setImmediate);
        connections.get(idOf(connections))?.close(1000, 'Enough');
        return { statusCode: 200 };
      },
    });
    const client = await open(url, [], secret);

    for (let i = 0; i < 500; i++) client.send({ action: 'say' });

    expect(await within('the close', client.closed)).toMatchObject({ code: 1000 });
    expect(called('say').length).toBeLessThanOrEqual(4);
  });
});

describe('a throttle', () => {
  const settings = (ThrottlingBurstLimit: number) => ({ ThrottlingBurstLimit, ThrottlingRateLimit: 1 });
  const throttled = () =>
    gateway(
      {},
      {
        api: {
          ...api,
          throttles: throttlesOf({
            DefaultRouteSettings: settings(3),
            RouteSettings: { $connect: settings(2), $default: settings(1) },
          }),
        },
      },
    );

  it('of a route, or of the stage where it has none, answers frames in place of the function', async () => {
    const { url, called, connections } = await throttled();
    const client = await open(url, [], secret);

    for (let i = 0; i < 4; i++) client.send({ action: 'say' });
    for (let i = 0; i < 2; i++) client.send('hello');

    const answers = [];
    for (let i = 0; i < 6; i++) answers.push(await client.next());
    expect(answers.filter(({ message }) => message === 'Too Many Requests')).toEqual(
      Array(2).fill({
        message: 'Too Many Requests',
        connectionId: idOf(connections),
        requestId: expect.any(String),
      }),
    );
    expect([called('say').length, called('others').length]).toEqual([3, 1]);
  });

  it('of $connect refuses handshakes, before the authorizer runs', async () => {
    const { url, called } = await throttled();

    const outcomes = [];
    for (let i = 0; i < 3; i++) outcomes.push(await handshake(url, [], secret));

    expect(outcomes.map((outcome) => outcome.open)).toEqual([true, true, false]);
    expect(outcomes[2]).toMatchObject({ status: 429 });
    expect(called('authorize')).toHaveLength(2);
  });

  it('lets through its burst, and after that its rate', () => {
    const throttles = throttlesOf({
      DefaultRouteSettings: { ThrottlingBurstLimit: 5, ThrottlingRateLimit: 10 },
    });
    const passed = (from: number, to: number) => {
      let count = 0;
      for (let now = from; now < to; now += 10) if (throttles.takes('say', now)) count++;
      return count;
    };

    expect([passed(0, 1_000), passed(1_000, 2_000)]).toEqual([14, 10]);
    expect([passed(60_000, 60_050), passed(60_050, 61_050)]).toEqual([5, 10]);
  });

  it('lets nothing flow in at a rate of zero', () => {
    const throttles = throttlesOf({
      DefaultRouteSettings: { ThrottlingBurstLimit: 2, ThrottlingRateLimit: 0 },
    });

    expect([0, 1, 2, 60_000].map((now) => throttles.takes('say', now))).toEqual([true, true, false, false]);
  });

  it('is the stage’s for a route whose settings have none', () => {
    const throttles = throttlesOf({
      DefaultRouteSettings: { ThrottlingBurstLimit: 1, ThrottlingRateLimit: 1 },
      RouteSettings: { say: { DetailedMetricsEnabled: true } },
    });

    expect([throttles.takes('say', 0), throttles.takes('say', 0)]).toEqual([true, false]);
  });
});

describe('time', () => {
  it('ends a connection that is idle', async () => {
    const { url } = await gateway({}, { limits: { idleMs: 40 } });
    const client = await open(url, [], secret);

    expect(await within('the close', client.closed)).toMatchObject({ code: 1001 });
  });

  it('ends a connection at its age however busy it is', async () => {
    const { url } = await gateway({}, { limits: { idleMs: 60_000, lifeMs: 100 } });
    const client = await open(url, [], secret);
    client.socket.on('message', () => client.send({ action: 'say' }));

    client.send({ action: 'say' });

    expect(await within('the close', client.closed)).toMatchObject({ code: 1001 });
  });
});

describe('the management API', () => {
  const post = (ConnectionId: string, Data = '{"hello":1}') =>
    new PostToConnectionCommand({ ConnectionId, Data });

  it('posts to a connection whose id needs escaping', async () => {
    const { url, connections, management } = await gateway();
    const client = await open(url, [], secret);

    await management.send(post(idOf(connections)));

    expect(await client.next()).toEqual({ hello: 1 });
  });

  it('knows a dead id no longer', async () => {
    const { url, connections, management, invoked } = await gateway();
    const client = await open(url, [], secret);
    const id = idOf(connections);
    const forgotten = invoked('disconnect');
    client.socket.close();
    await forgotten;

    const posted = management.send(post(id));

    await expect(posted).rejects.toMatchObject({ name: 'GoneException', $metadata: { httpStatusCode: 410 } });
    expect(await statusOf(management.send(new GetConnectionCommand({ ConnectionId: id })))).toBe(410);
  });

  it('does not reach a connection whose $connect still runs', async () => {
    const posts: Promise<number>[] = [];
    const { url, management } = await gateway({
      connect: async (event) => {
        posts.push(statusOf(management.send(post(String(event.requestContext.connectionId)))));
        return { statusCode: 200, posted: await posts[0] };
      },
    });

    await open(url, [], secret);

    expect(await Promise.all(posts)).toEqual([410]);
  });

  it.each([
    [131_072, 200],
    [131_073, 413],
  ])('answers a post of %d bytes with %d', async (size, status) => {
    const { url, connections, management } = await gateway();
    await open(url, [], secret);

    expect(await statusOf(management.send(post(idOf(connections), 'x'.repeat(size))))).toBe(status);
  });

  it('describes and deletes a connection', async () => {
    const { url, connections, management } = await gateway();
    const client = await open(url, [], secret);
    const ConnectionId = idOf(connections);

    const described = await management.send(new GetConnectionCommand({ ConnectionId }));
    await management.send(new DeleteConnectionCommand({ ConnectionId }));

    expect(described).toMatchObject({ ConnectedAt: expect.any(Date), Identity: { SourceIp: '127.0.0.1' } });
    expect(await within('the close', client.closed)).toMatchObject({ code: 1000 });
  });

  it('refuses a signature that is not right', async () => {
    const { port } = await gateway();
    const management = new ApiGatewayManagementApiClient({
      region: 'us-east-1',
      endpoint: `http://127.0.0.1:${port}/ws`,
      credentials: { ...CREDENTIALS, secretAccessKey: 'another' },
      maxAttempts: 1,
    });

    expect(await statusOf(management.send(post('someone=')))).toBe(403);
  });

  it.each(['/other/@connections/a=', '/@connections/a='])('refuses %s', async (path) => {
    const { port } = await gateway();

    expect((await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST' })).status).toBe(403);
  });

  it('lets a hook stand around each post', async () => {
    const posted: string[] = [];
    const { url, connections, management } = await gateway(
      {},
      {
        hooks: {
          post: async ({ data }, deliver) => {
            posted.push(data);
            deliver();
            return posted.length === 1 ? { status: 500 } : deliver();
          },
        },
      },
    );
    const client = await open(url, [], secret);

    expect(await statusOf(management.send(post(idOf(connections), '1')))).toBe(500);
    expect(await statusOf(management.send(post(idOf(connections), '2')))).toBe(200);

    expect([await client.next(), await client.next(), await client.next()]).toEqual([1, 2, 2]);
  });
});

it('answers a plain request for the stage without running a function', async () => {
  const { port, called } = await gateway();

  const answer = await fetch(`http://127.0.0.1:${port}/ws`, secret);

  expect(answer.status).toBe(426);
  expect(called('authorize')).toEqual([]);
});
