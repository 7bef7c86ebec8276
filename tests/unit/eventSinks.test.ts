import { createHash, createHmac, randomUUID } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { createBusSink } from '../../lib/aws/eventBridge/busSink';
import { createSdkBusSink } from '../../lib/aws/sdk/sdkBusSink';
import { createSdkSendQueueMessage } from '../../lib/aws/sdk/sdkSendQueueMessage';
import { createQueuedWakes } from '../../lib/aws/sqs/queuedWakes';
import { createQueueSink } from '../../lib/aws/sqs/queueSink';
import { createSendQueueMessage } from '../../lib/aws/sqs/sendQueueMessage';
import { parseWakes } from '../../lib/events/parseWakes';
import { createWebhookSink } from '../../lib/events/webhookSink';
import type { LogEvent } from '../../lib/ports/eventSink';
import { Unavailable } from '../../lib/ports/unavailable';
import { readBody } from '../../local/util/http';
import { listen } from '../../local/util/listen';

const EVENT: LogEvent = {
  log: 'LogName',
  room: 'team.red',
  seq: 7,
  entry: { type: 'message', seq: 7, id: 'm7', from: { id: 'ada', name: 'Ada' }, at: 1, text: 'é' },
};
const ERASED: LogEvent = { ...EVENT, entry: { type: 'erased', seq: 7, id: 'm7' } };

interface Received {
  headers: IncomingHttpHeaders;
  body: string;
}

/** Answers as SQS does: the AWS SDK compares the hash with what it sent. */
const taken = (body: string) => ({
  MessageId: 'id',
  MD5OfMessageBody: createHash('md5').update(JSON.parse(body).MessageBody).digest('hex'),
});

/** A server that answers each request alike, and what it got. */
async function serve(
  status: number,
  answer: object | ((body: string) => object) = {},
  headers: Record<string, string> = {},
) {
  const received: Received[] = [];
  const server = await listen(
    createServer(async (request, response) => {
      const body = await readBody(request, 1_000_000);
      received.push({ headers: request.headers, body: String(body) });
      const answered = typeof answer === 'function' ? answer(String(body)) : answer;
      response.writeHead(status, headers).end(JSON.stringify(answered));
    }),
  );
  stops.push(server.stop);
  return { url: `http://127.0.0.1:${server.port}`, received };
}

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const envWith = (name: string, url: string) => ({
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'key',
  AWS_SECRET_ACCESS_KEY: 'secret',
  [`AWS_ENDPOINT_URL_${name}`]: url,
});

describe('a webhook', () => {
  const clock = { now: () => 1_700_000_000_999, wait: async () => {} };
  const KEYS = ['the current key', 'the one before'];
  const SECRETS = KEYS.map((key) => Buffer.from(key).toString('base64'));
  const sinkAt = (url: string) => createWebhookSink({ url, secrets: async () => SECRETS, clock });

  it('is signed with the current and the previous secret', async () => {
    const { url, received } = await serve(204);

    await sinkAt(url).send(EVENT);

    const [{ headers, body } = { headers: {}, body: '' }] = received;
    expect(JSON.parse(body)).toEqual(EVENT);
    expect(headers['webhook-id']).toBe('LogName:team~red:7');
    expect(headers['webhook-timestamp']).toBe('1700000000');
    const signed = `LogName:team~red:7.1700000000.${body}`;
    const signature = (key: string) => `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
    expect(headers['webhook-signature']).toBe(KEYS.map(signature).join(' '));
  });

  it('has another id for an erasure, and for a gap, than for the entry', async () => {
    const { url, received } = await serve(204);

    await sinkAt(url).send(ERASED);
    await sinkAt(url).send({ ...ERASED, entry: { type: 'gap', seq: 7, to: 9 } });

    expect(received.map(({ headers }) => headers['webhook-id'])).toEqual([
      'LogName:team~red:7:erased',
      'LogName:team~red:7:gap:9',
    ]);
  });

  it.each([302, 400, 410, 500])('is not confirmed by %s, and follows no redirection', async (status) => {
    const other = await serve(200);
    const { url } = await serve(status, {}, { location: other.url });

    await expect(sinkAt(url).send(EVENT)).rejects.toThrow(String(status));
    expect(other.received).toEqual([]);
  });
});

describe.each([
  ['own', createSendQueueMessage],
  ['sdk', createSdkSendQueueMessage],
])('a queue, awsClients=%s', (_clients, createSend) => {
  it('gets an event in the group of its room, and again in a replay: every send has an id of its own', async () => {
    const { url, received } = await serve(200, taken);
    const sink = createQueueSink(createSend('https://queue', envWith('SQS', url)), randomUUID);

    await sink.send(EVENT);
    await sink.send(EVENT);

    expect(received.map(({ headers }) => headers['x-amz-target'])).toEqual([
      'AmazonSQS.SendMessage',
      'AmazonSQS.SendMessage',
    ]);
    const [first, second] = received.map(({ body }) => JSON.parse(body));
    expect(first).toEqual({
      QueueUrl: 'https://queue',
      MessageBody: JSON.stringify(EVENT),
      MessageGroupId: 'team.red',
      MessageDeduplicationId: expect.stringMatching(/^[\da-f-]{36}$/),
    });
    expect(second.MessageBody).toBe(first.MessageBody);
    expect(second.MessageDeduplicationId).not.toBe(first.MessageDeduplicationId);
  });

  it('does not confirm what it refuses', async () => {
    const { url } = await serve(400, { __type: 'AccessDenied' });

    await expect(createSend('https://queue', envWith('SQS', url))({})).rejects.toThrow(Unavailable);
  });

  it('brings a wake after whole seconds, and the relay reads it as it was', async () => {
    const { url, received } = await serve(200, taken);
    const wake = { room: 'team.red', until: 5 };

    await createQueuedWakes(createSend('https://queue', envWith('SQS', url))).enqueue(wake, 1_001);

    const { MessageBody, DelaySeconds } = JSON.parse(received[0]?.body ?? '');
    expect(DelaySeconds).toBe(2);
    expect(parseWakes({ Records: [{ eventSource: 'aws:sqs', messageId: 'id', body: MessageBody }] })).toEqual(
      [{ source: 'queue', id: 'id', wake }],
    );
  });
});

describe.each([
  ['own', createBusSink],
  ['sdk', createSdkBusSink],
])('a bus, awsClients=%s', (_clients, createSink) => {
  const sinkAt = (url: string) => createSink('chat', envWith('EVENTBRIDGE', url));

  it('gets an event with the type of its entry', async () => {
    const { url, received } = await serve(200, { FailedEntryCount: 0 });

    await sinkAt(url).send(EVENT);

    expect(received[0]?.headers['x-amz-target']).toBe('AWSEvents.PutEvents');
    expect(JSON.parse(received[0]?.body ?? '')).toEqual({
      Entries: [
        {
          EventBusName: 'chat',
          Source: 'edge-chat',
          DetailType: 'message',
          Detail: JSON.stringify(EVENT),
        },
      ],
    });
  });

  it.each([
    ['an entry that it refuses', 200, { FailedEntryCount: 1 }],
    ['an answer that says nothing', 200, {}],
    ['a refusal', 400, { __type: 'AccessDenied' }],
  ])('does not confirm by %s', async (_what, status, answer) => {
    const { url } = await serve(status, answer);

    await expect(sinkAt(url).send(EVENT)).rejects.toThrow(Unavailable);
  });
});

it.each([
  ['an entry', 'red', [{ source: 'stream', id: '1', wake: { room: 'red' } }]],
  ['a row of reactions', 'red#4', []],
  ['no room', undefined, []],
])('a record of %s wakes its room or nobody', (_what, S, wakes) => {
  const record = {
    eventSource: 'aws:dynamodb',
    eventName: 'INSERT',
    dynamodb: { Keys: { room: { S }, seq: { N: '4' } }, SequenceNumber: '1' },
  };

  expect(parseWakes({ Records: [record, null, {}, { eventSource: 'aws:sqs', body: '{' }] })).toEqual(wakes);
  expect(parseWakes(undefined)).toEqual([]);
});
