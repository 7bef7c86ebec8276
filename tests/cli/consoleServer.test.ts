import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import { CommandError, EXIT } from '../../cli/commandLine/exitCodes';
import { connectToCloudWatch, readAlarms } from '../../cli/console/alarms';
import { type ConsoleServer, type Order, startConsoleServer } from '../../cli/console/consoleServer';
import { isLocalStack } from '../../cli/console/orders';
import { sentenceOf } from '../../cli/operator/awsError';
import { type Listening, listen } from '../../local/util/listen';

let server: ConsoleServer;
let carriedOut: object[];
let origin: string;
let token: string;

const orders = new Map<string, Order>([
  [
    'echo',
    async (payload) => {
      carriedOut.push(payload);
      return { payload };
    },
  ],
  [
    'refused',
    async () => {
      throw new CommandError(EXIT.refused, 'edge-chat-dev-operatorBan: No user eve has been here.');
    },
  ],
  [
    'denied',
    async () => {
      throw new CommandError(EXIT.unreachable, 'Your AWS identity needs lambda:InvokeFunction on it.');
    },
  ],
]);

beforeEach(async () => {
  carriedOut = [];
  server = await startConsoleServer(orders);
  const url = new URL(server.url);
  origin = url.origin;
  token = url.hash.replace('#token=', '');
});
afterEach(() => server.stop());

interface Asked {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

interface Answered {
  status: number;
  headers: Record<string, unknown>;
  body: string;
}

function ask(path: string, { method = 'GET', headers = {}, body }: Asked = {}): Promise<Answered> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const asked = request({ hostname, port, path, method, headers }, async (answer) => {
      const chunks: Buffer[] = [];
      for await (const chunk of answer) chunks.push(chunk);
      resolve({
        status: answer.statusCode ?? 0,
        headers: answer.headers,
        body: Buffer.concat(chunks).toString(),
      });
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

const order = (name: string, { headers, ...rest }: Asked = {}) =>
  ask(`/orders/${name}`, {
    method: 'POST',
    body: '{"a":1}',
    ...rest,
    headers: { origin, authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
  });

it('listens on this machine only, with a token of 256 bits for each run', async () => {
  const other = await startConsoleServer(orders);
  await other.stop();

  expect(new URL(server.url).hostname).toBe('127.0.0.1');
  expect(token).toMatch(/^[\w-]{43}$/);
  expect(other.url).not.toContain(token);
});

it('serves the page, and carries out an order of the page', async () => {
  const page = await ask('/');
  expect({ status: page.status, type: page.headers['content-type'] }).toEqual({
    status: 200,
    type: 'text/html; charset=utf-8',
  });
  for (const [, path = ''] of page.body.matchAll(/(?:src|href)="(\/[^"]+)"/g))
    expect({ path, status: (await ask(path)).status }).toEqual({ path, status: 200 });

  expect(await order('echo')).toMatchObject({ status: 200, body: '{"payload":{"a":1}}' });
});

it('lets no inline script run, no other page frame or read it, and no cache keep it', async () => {
  for (const { headers } of [await ask('/'), await order('echo'), await ask('/no/page')]) {
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; script-src 'self'; .*frame-ancestors 'none'/,
    );
    expect(headers['content-security-policy']).not.toMatch(/unsafe|\*|data:/);
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  }
});

it.each<[string, () => Asked, number]>([
  ['a foreign host, as after a DNS rebinding', () => ({ headers: { host: 'evil.example' } }), 403],
  [
    'the name of this machine',
    () => ({ headers: { host: origin.replace('http://127.0.0.1', 'localhost') } }),
    403,
  ],
  ['another port', () => ({ headers: { host: '127.0.0.1:1' } }), 403],
  ['a foreign origin', () => ({ headers: { origin: 'https://evil.example' } }), 403],
  ['an opaque origin', () => ({ headers: { origin: 'null' } }), 403],
  ['another port as origin', () => ({ headers: { origin: 'http://127.0.0.1:1' } }), 403],
  ['no token', () => ({ headers: { authorization: '' } }), 401],
  ['a wrong token', () => ({ headers: { authorization: `Bearer ${'A'.repeat(43)}` } }), 401],
  ['a part of the token', () => ({ headers: { authorization: `Bearer ${token.slice(1)}` } }), 401],
  ['a GET', () => ({ method: 'GET' }), 405],
  ["a form's type", () => ({ headers: { 'content-type': 'text/plain' } }), 415],
  ['no JSON', () => ({ body: '{' }), 400],
  ['a list', () => ({ body: '[]' }), 400],
  ['a body that is too large', () => ({ body: JSON.stringify({ a: 'x'.repeat(17_000) }) }), 400],
])('carries out no order with %s', async (_name, asked, status) => {
  const answered = await order('echo', asked());

  expect({ status: answered.status, carriedOut }).toEqual({ status, carriedOut: [] });
  expect(JSON.parse(answered.body)).toEqual({ error: expect.stringMatching(/\.$/) });
});

it('gives a foreign host no page either', async () => {
  expect((await ask('/', { headers: { host: 'evil.example' } })).status).toBe(403);
});

it.each([
  '/../cli/edgeChat.ts',
  '/%2e%2e/%2e%2e/package.json',
  '/page/../../package.json',
  '//etc/passwd',
  '/index.html',
  '/constructor',
  '/orders/../console.js',
  '/console.js%00',
])('serves no file at %s', async (path) => {
  const answered = await ask(path);

  expect(answered.status === 404 || answered.status === 405).toBe(true);
  expect(answered.body).not.toMatch(/edge-chat\b.*version|createCommand|root:/);
});

it.each(['constructor', '__proto__', 'nothing', ''])('knows no order %j', async (name) => {
  expect((await order(name)).status).toBe(404);
});

it.each([
  ['refused', 422, 'edge-chat-dev-operatorBan: No user eve has been here.'],
  ['denied', 502, 'Your AWS identity needs lambda:InvokeFunction on it.'],
])('passes the sentence of an order on that is %s', async (name, status, sentence) => {
  const answered = await order(name);

  expect({ status: answered.status, told: JSON.parse(answered.body) }).toEqual({
    status,
    told: { error: sentence },
  });
});

it('survives a request that is no HTTP', async () => {
  const { port } = new URL(origin);
  await new Promise<void>((resolve) => {
    const socket = connect(Number(port), '127.0.0.1', () => socket.end('NONSENSE\r\n\r\n'));
    socket.on('close', () => resolve()).resume();
  });

  expect((await ask('/')).status).toBe(200);
});

describe('alarms', () => {
  const alarm = (stack: string, name: string, StateValue: string) => ({
    AlarmName: `${stack}-${name}-1ABCDEF`,
    AlarmDescription: `${stack}: ${name} means this`,
    StateValue,
    StateUpdatedTimestamp: new Date(1_000),
  });

  it('are those of the stage over all pages, raised ones first, by the names of the template', async () => {
    const pages = [
      { MetricAlarms: [alarm('edge-chat-prod', 'QuotaNear', 'OK')], NextToken: '1' },
      {
        MetricAlarms: [
          alarm('edge-chat-prod-2', 'QuotaNear', 'ALARM'),
          alarm('edge-chat-prod', 'PostsFailed', 'ALARM'),
        ],
      },
    ];

    const shown = await readAlarms('prod', async (prefix, next) => {
      expect(prefix).toBe('edge-chat-prod-');
      return pages[Number(next ?? 0)] ?? {};
    });

    expect(shown).toEqual({
      kind: 'alarms',
      alarms: [
        { name: 'PostsFailed', state: 'ALARM', since: 1_000, description: 'PostsFailed means this' },
        { name: 'QuotaNear', state: 'OK', since: 1_000, description: 'QuotaNear means this' },
      ],
    });
  });

  it('end after ten pages, and a stack without them is told how to get them', async () => {
    let calls = 0;

    const shown = await readAlarms('prod', async () => ({ NextToken: String(++calls) }));

    expect(calls).toBe(10);
    expect(shown).toEqual({ kind: 'none', sentence: expect.stringContaining('watch=all') });
  });
});

describe('CloudWatch, asked by the AWS SDK', () => {
  const { env } = process;
  let cloudWatch: Listening;
  let reply: { status: number; type?: string; body: object };
  let asked: string[];

  beforeEach(async () => {
    asked = [];
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      asked.push(`${request.headers['x-amz-target']} ${Buffer.concat(chunks)}`);
      const type = reply.type === undefined ? {} : { 'x-amzn-errortype': reply.type };
      response
        .writeHead(reply.status, { 'content-type': 'application/x-amz-json-1.0', ...type })
        .end(JSON.stringify(reply.body));
    });
    cloudWatch = await listen(server);
    process.env = {
      ...env,
      AWS_ENDPOINT_URL_CLOUDWATCH: `http://127.0.0.1:${cloudWatch.port}`,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    };
  });
  afterEach(() => {
    process.env = env;
    return cloudWatch.stop();
  });

  const read = async () =>
    readAlarms('prod', await connectToCloudWatch({ stage: 'prod', region: 'eu-west-1' }));

  it('gives the alarms of the stack', async () => {
    const alarm = {
      AlarmName: 'edge-chat-prod-FanOutSlow-1A',
      AlarmDescription: 'edge-chat-prod: slow',
      StateValue: 'ALARM',
      StateUpdatedTimestamp: 1_800_000_000,
    };
    reply = { status: 200, body: { MetricAlarms: [alarm] } };

    expect(await read()).toEqual({
      kind: 'alarms',
      alarms: [{ name: 'FanOutSlow', state: 'ALARM', since: 1_800_000_000_000, description: 'slow' }],
    });
    expect(asked).toEqual([expect.stringMatching(/DescribeAlarms .*"AlarmNamePrefix":"edge-chat-prod-"/)]);
  });

  it('names the permission that is missing', async () => {
    reply = { status: 403, type: 'AccessDenied', body: { __type: 'AccessDenied', message: 'Not you.' } };

    await expect(read()).rejects.toMatchObject({
      exitCode: EXIT.unreachable,
      message: 'CloudWatch: Not you. Your AWS identity needs cloudwatch:DescribeAlarms.',
    });
  });
});

it('says what to do when the local stack does not run', () => {
  const error = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });

  expect(sentenceOf(error, 'any')).toMatch(/^connect ECONNREFUSED 127.0.0.1:1\. Nothing answers there: run/);
});

it.each([
  ['AccessDenied', 'Not you.', 'Not you. Your AWS identity needs cloudwatch:DescribeAlarms.'],
  [
    'CredentialsProviderError',
    'x',
    'No AWS credentials were found. Sign in as for the AWS CLI, or set AWS_PROFILE.',
  ],
  ['ExpiredTokenException', 'It is over.', 'It is over. Sign in again as for the AWS CLI.'],
  ['ResourceNotFoundException', 'None.', expect.stringMatching(/^None\. Check --stage and --region/)],
  ['Other', 'One line.\nAnother.', 'One line.'],
])('says what to do about %s', (name, message, sentence) => {
  expect(sentenceOf(Object.assign(new Error(message), { name }), 'cloudwatch:DescribeAlarms')).toEqual(
    sentence,
  );
});

it.each([
  [{}, false],
  [{ AWS_ENDPOINT_URL_LAMBDA: 'http://127.0.0.1:4000' }, true],
  [{ AWS_ENDPOINT_URL: 'http://localhost:4566' }, true],
  [{ AWS_ENDPOINT_URL_LAMBDA: 'https://lambda.eu-west-1.amazonaws.com' }, false],
  [{ AWS_ENDPOINT_URL_LAMBDA: 'nonsense' }, false],
])('knows by %j whether the stack is local', (env, isLocal) => {
  expect(isLocalStack(env)).toBe(isLocal);
});
