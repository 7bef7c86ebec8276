import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { createSigner } from '../../lib/aws/http/sigV4';
import { parseVerdict } from '../../lib/review/parseVerdict';
import { awsClients } from './awsClients';
import { CREDENTIALS, REGION } from './posters';
import { response, type Server, startServer } from './server';

interface Sent {
  path: string;
  headers: Record<string, string>;
  body: string | Uint8Array;
}

/** A client's options, and what it sends with them. */
function catching(): { options: object; sent: () => Sent } {
  let caught: Sent | undefined;
  return {
    options: {
      region: REGION,
      credentials: CREDENTIALS,
      requestHandler: {
        async handle(request: Sent) {
          caught = request;
          return { response: { statusCode: 200, headers: {}, body: Readable.from(['{}']) } };
        },
      },
    },
    sent() {
      if (!caught) throw new Error('Nothing was sent.');
      return caught;
    },
  };
}

/** Our signature of what the SDK sent. */
function signedByUs({ path, headers, body }: Sent, service: string): string | undefined {
  const { host = '', authorization = '', 'content-type': contentType = '' } = headers;
  const time = headers['x-amz-date'] ?? '';
  const now = Date.parse(time.replace(/(....)(..)(..)T(..)(..)(..)Z/, '$1-$2-$3T$4:$5:$6Z'));
  const names = /SignedHeaders=([^,]+)/.exec(authorization)?.[1]?.split(';') ?? [];
  const own = new Set(['host', 'content-type', 'x-amz-date', 'x-amz-security-token', 'x-amz-content-sha256']);
  const added = Object.fromEntries(
    names.filter((name) => !own.has(name)).map((name) => [name, headers[name] ?? '']),
  );
  const sign = createSigner({
    region: REGION,
    service,
    host,
    credentials: () => CREDENTIALS,
    now: () => now,
  });
  const text = typeof body === 'string' ? body : Buffer.concat([body]).toString();
  const request = sign(contentType, text, added)(path);
  return /\r\nauthorization: ([^\r]+)/.exec(request)?.[1];
}

it('signs a call of the database as the AWS SDK does', async () => {
  const { options, sent } = catching();
  await new DynamoDBClient(options).send(
    new QueryCommand({ TableName: 'Messages', KeyConditionExpression: 'room = :r' }),
  );

  expect(signedByUs(sent(), 'dynamodb')).toBe(sent().headers.authorization);
  expect(sent()).toMatchObject({
    path: '/',
    headers: {
      host: `dynamodb.${REGION}.amazonaws.com`,
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'DynamoDB_20120810.Query',
    },
  });
});

it.each(['edge-chat-dev-fanOut', 'arn:aws:lambda:eu-central-1:123456789012:function:fan-out'])(
  'signs an invocation as the AWS SDK does: %s',
  async (name) => {
    const { options, sent } = catching();
    await new LambdaClient(options).send(
      new InvokeCommand({ FunctionName: name, InvocationType: 'Event', Payload: '{"room":"den","seq":1}' }),
    );

    expect(signedByUs(sent(), 'lambda')).toBe(sent().headers.authorization);
    expect(sent()).toMatchObject({
      path: `/2015-03-31/functions/${encodeURIComponent(name)}/invocations`,
      headers: { host: `lambda.${REGION}.amazonaws.com`, 'x-amz-invocation-type': 'Event' },
    });
  },
);

describe.each(Object.entries(awsClients))(
  'over the wire, with %s clients',
  (_clients, { createFanOutInvoker }) => {
    let server: Server;
    let status = 202;
    beforeAll(async () => {
      server = await startServer((socket) => socket.write(response(status, '')));
    });
    afterAll(() => server.stop());
    beforeEach(() => {
      server.heard.length = 0;
    });
    const env = () => ({ ...process.env, AWS_ENDPOINT_URL_LAMBDA: new URL(server.url).origin });

    it('a fan-out is handed over as an event', async () => {
      status = 202;

      await createFanOutInvoker('fanOut', env()).enqueue({ room: 'den', seq: 7, except: 'c=' });

      expect(server.heard).toMatchObject([
        { path: '/2015-03-31/functions/fanOut/invocations', headers: { 'x-amz-invocation-type': 'Event' } },
      ]);
      expect(JSON.parse(String(server.heard[0]?.body))).toEqual({ room: 'den', seq: 7, except: 'c=' });
    });

    it('finds all services at AWS_ENDPOINT_URL, but for one with an endpoint of its own', async () => {
      status = 202;
      const { AWS_ENDPOINT_URL_LAMBDA: url, ...rest } = env();
      const job = { room: 'den', seq: 7 };

      await createFanOutInvoker('fanOut', { ...rest, AWS_ENDPOINT_URL: url }).enqueue(job);
      await createFanOutInvoker('fanOut', { ...env(), AWS_ENDPOINT_URL: 'http://127.0.0.1:9' }).enqueue(job);

      expect(server.heard).toHaveLength(2);
    });

    it.each([
      [429, 2],
      [503, 2],
      [403, 1],
    ])('a fan-out that is answered %i was not handed over, after %i tries', async (given, tries) => {
      status = given;

      const handingOver = createFanOutInvoker('fanOut', env()).enqueue({ room: 'den', seq: 7 });

      await expect(handingOver).rejects.toMatchObject({ name: 'Unavailable' });
      expect(server.heard).toHaveLength(tries);
    });

    it.each([
      ['AWS_REGION', { AWS_REGION: ' ' }],
      ['AWS_ACCESS_KEY_ID', { AWS_ACCESS_KEY_ID: '' }],
      ['AWS_SECRET_ACCESS_KEY', { AWS_SECRET_ACCESS_KEY: undefined }],
    ])('a setting that is missing is named: %s', async (name, missing) => {
      const submitUpload = async () =>
        createFanOutInvoker('fanOut', { ...env(), ...missing }).enqueue({ room: 'den', seq: 7 });

      await expect(submitUpload()).rejects.toThrow(`${name} is not set`);
    });
  },
);

describe.each(Object.entries(awsClients))(
  'a review over the wire, with %s clients',
  (_clients, { createReviewInvoker }) => {
    const ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:review';
    const asked = { room: 'den', id: 'message-1', from: { id: 'ann', name: 'Ann 🦄' }, text: 'hello' };
    let server: Server;
    let answer: (socket: Socket) => void;
    beforeAll(async () => {
      server = await startServer((socket) => answer(socket));
    });
    afterAll(() => server.stop());
    beforeEach(() => {
      server.heard.length = 0;
    });
    const review = (endpoint = new URL(server.url).origin) =>
      createReviewInvoker(ARN, { ...process.env, AWS_ENDPOINT_URL_LAMBDA: endpoint }).ask(asked);

    it('waits for what the function answers', async () => {
      answer = (socket) => socket.write(response(200, '{"verdict":"allow"}'));

      expect(await review()).toEqual({ verdict: 'allow' });
      expect(server.heard).toMatchObject([
        {
          path: `/2015-03-31/functions/${encodeURIComponent(ARN)}/invocations`,
          headers: { 'x-amz-invocation-type': 'RequestResponse' },
        },
      ]);
      expect(JSON.parse(String(server.heard[0]?.body))).toEqual(asked);
    });

    it.each(['', 'allow', '"allow"', '{"verdict"'])('makes nothing of an answer like %j', async (body) => {
      answer = (socket) => socket.write(response(200, body));

      expect(parseVerdict(await review())).toBeUndefined();
    });

    it('makes no verdict of a function that throws', async () => {
      const body = '{"errorType":"Error","errorMessage":"no","verdict":"allow"}';
      answer = (socket) => socket.write(response(200, body, 'X-Amz-Function-Error: Unhandled\r\n'));

      expect(parseVerdict(await review())).toBeUndefined();
    });

    it.each([429, 403, 404, 503])('has none after status %i, and asks once', async (status) => {
      answer = (socket) => socket.write(response(status, '{}'));

      await expect(review()).rejects.toMatchObject({ name: 'Unavailable' });
      expect(server.heard).toHaveLength(1);
    });

    it('has none of a function that does not answer in time', async () => {
      answer = () => {};

      await expect(review()).rejects.toMatchObject({ name: 'Unavailable' });
    });

    it('has none of a function that cannot be reached', async () => {
      await expect(review('http://127.0.0.1:9')).rejects.toMatchObject({ name: 'Unavailable' });
    });
  },
);
