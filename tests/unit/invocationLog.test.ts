import { handleRoomAction, handleSendMessage } from '../../lib/actions/routes';
import {
  type InvocationHandler,
  type InvocationLogOptions,
  logInvocation,
} from '../../lib/telemetry/invocationLog';
import { createInvocationMetrics } from '../../lib/telemetry/invocationMetrics';
import metrics from '../../lib/telemetry/metrics.json';
import { ann, connect, createHarness, finish, NOW } from './harness';

const context = { awsRequestId: 'request-1', getRemainingTimeInMillis: () => 1_000 };
const event = { requestContext: { connectionId: 'abc=', requestId: 'gateway-1' } };

/** Runs one invocation; gives the lines it wrote. */
async function linesOf(
  run: InvocationHandler<object, unknown>,
  options: Partial<InvocationLogOptions> = {},
  given: unknown = event,
) {
  const lines: string[] = [];
  const handler = logInvocation(
    'sendMessage',
    { stack: 'chat-dev', level: 'info', hasMetrics: true, write: (line) => lines.push(line), ...options },
    run,
  );
  await handler(given as object, context).catch(() => {});
  return lines.map((line) => JSON.parse(line));
}

it('writes one line with all ids, which is a metric line too', async () => {
  const [line, ...others] = await linesOf(async (_event, metrics) => {
    metrics.annotate({ outcome: 'ack', room: 'den', messageId: 'id-of-one', seq: 7, userId: 'ann' });
    metrics.increment('Messages');
    metrics.increment('Recipients', 3);
    metrics.increment('Recipients', 2);
    metrics.increment('Gone', 0);
  });

  expect(others).toEqual([]);
  expect(line).toEqual({
    _aws: {
      Timestamp: expect.any(Number),
      CloudWatchMetrics: [
        {
          Namespace: 'EdgeChat',
          Dimensions: [['Stack']],
          Metrics: [
            { Name: 'Messages', Unit: 'Count' },
            { Name: 'Recipients', Unit: 'Count' },
          ],
        },
      ],
    },
    level: 'info',
    message: 'sendMessage ack',
    ms: expect.any(Number),
    requestId: 'request-1',
    connectionId: 'abc=',
    gatewayRequestId: 'gateway-1',
    room: 'den',
    messageId: 'id-of-one',
    seq: 7,
    Stack: 'chat-dev',
    Messages: 1,
    Recipients: 5,
  });
});

it('counts a refusal by its reason', async () => {
  const [line] = await linesOf(async (_event, metrics) => metrics.annotate({ reason: 'rateLimited' }));

  expect(line).toMatchObject({ Stack: 'chat-dev', Reason: 'rateLimited', Refused: 1 });
  expect(line._aws.CloudWatchMetrics).toEqual([
    {
      Namespace: 'EdgeChat',
      Dimensions: [['Stack', 'Reason']],
      Metrics: [{ Name: 'Refused', Unit: 'Count' }],
    },
  ]);
});

it('keeps invocations apart that run at the same time', async () => {
  const lines: string[] = [];
  const options: InvocationLogOptions = {
    stack: 'chat-dev',
    level: 'info',
    hasMetrics: true,
    write: (line) => lines.push(line),
  };
  const turns: (() => void)[] = [];
  const handler = logInvocation('sendMessage', options, async (room: string, metrics) => {
    metrics.annotate({ room });
    await new Promise<void>((resolve) => turns.push(resolve));
    metrics.increment('Recipients', room.length);
  });

  const both = [handler('den', context), handler('lobby', context)];
  for (const turn of turns.reverse()) turn();
  await Promise.all(both);

  const told = lines.map((line) => JSON.parse(line)).map(({ room, Recipients }) => [room, Recipients]);
  expect(told.sort()).toEqual([
    ['den', 3],
    ['lobby', 5],
  ]);
});

it.each([null, undefined, 'text', {}, { requestContext: null }])(
  'minds no event without ids: %j',
  async (given) => {
    const [line] = await linesOf(async () => {}, {}, given ?? null);

    expect(line).toMatchObject({ message: 'sendMessage done', requestId: 'request-1' });
    expect(line).not.toHaveProperty('connectionId');
  },
);

it('tells of an error and lets it through', async () => {
  const lines: string[] = [];
  const options: InvocationLogOptions = {
    stack: 'chat-dev',
    level: 'error',
    hasMetrics: true,
    write: (line) => lines.push(line),
  };
  const handler = logInvocation('fanOut', options, async () => {
    throw new TypeError('a bug\n{"level":"info"}');
  });

  await expect(handler({}, context)).rejects.toThrow('a bug');

  expect(lines).toHaveLength(1);
  expect(lines[0]).not.toContain('\n');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 'error',
    message: 'fanOut failed',
    error: 'TypeError: a bug\n{"level":"info"}',
    requestId: 'request-1',
  });
});

it.each([
  ['info', 'debug', false],
  ['debug', 'debug', true],
  ['info', 'info', true],
  ['warn', 'info', false],
  ['error', 'warn', false],
] as const)('at %s, a line of level %s is written: %s', async (level, own, isWritten) => {
  const lines = await linesOf(async (_event, metrics) => metrics.annotate({ level: own }), { level });

  expect(lines).toHaveLength(isWritten ? 1 : 0);
});

it('keeps the metrics of a line that is left out, and nothing else of it', async () => {
  const [line] = await linesOf(async (_event, metrics) => metrics.increment('Messages'), { level: 'warn' });

  expect(Object.keys(line)).toEqual(['_aws', 'Stack', 'Messages']);
});

it('has plain values where nobody wants metrics', async () => {
  const [line] = await linesOf(async (_event, metrics) => metrics.increment('Messages'), {
    hasMetrics: false,
  });

  expect(line).toMatchObject({ level: 'info', Messages: 1 });
  expect(line).not.toHaveProperty('_aws');
});

it.each(['PostsFailed', 'FanOutsFailed', 'ExpiryFailures'] as const)('%s is a warning', async (metric) => {
  const [line] = await linesOf(async (_event, metrics) => metrics.increment(metric));

  expect(line.level).toBe('warn');
});

it("names users at debug only: some providers' ids are addresses", async () => {
  const run: InvocationHandler<object, unknown> = async (_event, metrics) =>
    metrics.annotate({ userId: 'ann@example.com' });

  expect((await linesOf(run))[0]).not.toHaveProperty('userId');
  expect((await linesOf(run, { level: 'debug' }))[0]).toMatchObject({ userId: 'ann@example.com' });
});

it('has no two values of one name', () => {
  const names = [...Object.keys(metrics.byStack.units), ...Object.keys(metrics.byReason.units)];
  const others = ['Stack', 'Reason', 'level', 'message', 'ms', 'error'];

  expect(new Set([...names, ...others]).size).toBe(names.length + others.length);
});

describe('of a frame', () => {
  const joinedRoom = async () => {
    const harness = createHarness({ retentionMs: 3_600_000 });
    const who = await connect(harness, 'ann-1', ann, ['den']);
    return { harness, who };
  };
  const secret = 'what nobody but the room may read';
  const send = { action: 'sendMessage', room: 'den', id: 'my-own-id', text: secret, after: 0 };

  it.each([
    [
      'a send',
      handleSendMessage,
      send,
      { Messages: 1 },
      { outcome: 'ack', room: 'den', messageId: 'my-own-id', seq: 1 },
    ],
    ['a join', handleRoomAction, { action: 'joinRoom', room: 'den' }, {}, { outcome: 'joined', room: 'den' }],
    [
      'a sync',
      handleRoomAction,
      { action: 'getHistory', room: 'den', after: 0 },
      { Syncs: 1 },
      { outcome: 'history' },
    ],
    [
      'a ping',
      handleRoomAction,
      { action: 'ping', rooms: { den: 0 } },
      {},
      { outcome: 'pong', level: 'debug' },
    ],
    [
      'a refusal',
      handleRoomAction,
      { action: 'typing', room: 'attic' },
      {},
      { reason: 'notMember', level: 'info' },
    ],
    ['what is none', handleRoomAction, { action: secret }, {}, { reason: 'unknownAction' }],
  ] as const)('%s is told', async (_name, answer, frame, counts, facts) => {
    const { harness, who } = await joinedRoom();

    await finish(harness, answer(harness, who, JSON.stringify(frame)));

    expect(harness.metrics.counts).toEqual(counts);
    expect(harness.metrics.fields).toMatchObject(facts);
    expect(JSON.stringify(harness.metrics)).not.toContain(secret);
  });

  it('a repeat is a duplicate and no message', async () => {
    const { harness, who } = await joinedRoom();
    await finish(harness, handleSendMessage(harness, who, JSON.stringify(send)));
    const repeated = { ...harness, metrics: createInvocationMetrics() };

    await finish(harness, handleSendMessage(repeated, who, JSON.stringify(send)));

    expect(repeated.metrics.counts).toEqual({ Duplicates: 1 });
  });

  it('a row that keeps no expiry is counted, and hurts nobody', async () => {
    const { harness, who } = await joinedRoom();
    await finish(harness, handleSendMessage(harness, who, JSON.stringify(send)));
    const expire = () => Promise.reject(new Error('no'));
    const failing = { ...harness, metrics: createInvocationMetrics(), log: { ...harness.log, expire } };

    const reply = await finish(
      harness,
      handleSendMessage(failing, who, JSON.stringify({ ...send, id: 'another-id', after: 1 })),
    );

    expect(reply).toMatchObject({ type: 'ack', seq: 2, at: NOW });
    expect(failing.metrics.counts).toEqual({ Messages: 1, ExpiryFailures: 1 });
  });
});

it('tells why a function that took care of a failure gives a warning', async () => {
  const [line] = await linesOf(async (_event, metrics) => {
    metrics.increment('EventsFailed');
    metrics.annotate({ room: 'den', outcome: 'Error', failure: 'The webhook answered 404.' });
  });

  expect(line).toMatchObject({
    level: 'warn',
    message: 'sendMessage Error',
    error: 'The webhook answered 404.',
  });
});
