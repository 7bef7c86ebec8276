import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { signWebhook } from '../../lib/events/signWebhook';
import type { Stack } from '../../local/stack';
import { startStack } from '../../local/stack';
import { freePort } from '../support/freePort';
import { guestIn } from './guests';
import { type Client, root, within } from './support';

jest.setTimeout(60_000);

/** Lines as they come; each can be waited for once. */
function createLines() {
  const lines: string[] = [];
  let wake = (): void => {};
  return {
    push(line: string): void {
      lines.push(line);
      wake();
    },
    /** The next line that holds a text. */
    async next(text: string): Promise<string> {
      for (;;) {
        const at = lines.findIndex((line) => line.includes(text));
        if (at >= 0) return lines.splice(0, at + 1).at(-1) ?? '';
        await within(
          `a line with ${text}`,
          new Promise<void>((resolve) => {
            wake = resolve;
          }),
          20_000,
        );
      }
    },
  };
}

type Lines = ReturnType<typeof createLines>;

const send = async (client: Client, frame: object): Promise<void> => {
  client.send({ room: 'lobby', after: 0, ...frame });
  await client.nextOf('ack');
};

const invoke = async (stack: Stack, name: string, event: object): Promise<unknown> => {
  const outcome = await stack.invoke(stack.ref(name), event);
  return outcome.ok ? outcome.value : outcome.message;
};

describe('the example of a consumer', () => {
  let stack: Stack;
  let port: number;
  let consumer: ChildProcess | undefined;
  const folder = mkdtempSync(path.join(tmpdir(), 'edge-chat-consumer-'));
  const lines: Lines = createLines();

  const key = () => String(stack.secrets.value(stack.ref('EventsKey'))?.value);
  const startConsumer = async (): Promise<void> => {
    const child = spawn(process.execPath, [path.join(root, 'examples/events/consumer.mjs')], {
      env: {
        ...process.env,
        EVENTS_SECRET: `whsec_${key()}`,
        PORT: String(port),
        STATE: path.join(folder, 'state.json'),
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    createInterface(child.stdout).on('line', lines.push);
    consumer = child;
    await lines.next('Waiting for events');
  };
  const stopConsumer = async (): Promise<void> => {
    const ended = new Promise((resolve) => consumer?.once('exit', resolve));
    consumer?.kill();
    await ended;
  };
  const taken = async (seq: number): Promise<unknown> => JSON.parse(await lines.next(`"seq":${seq},`));

  beforeAll(async () => {
    port = await freePort();
    const params = { events: 'https', eventsUrl: `http://127.0.0.1:${port}/` };
    stack = await startStack({ params });
    await startConsumer();
  });
  afterAll(async () => {
    await stopConsumer();
    await stack.stop();
    rmSync(folder, { recursive: true });
  });

  it('takes every entry in order, also those of the time when it was away, and forgets what is erased', async () => {
    const ann = await guestIn(stack, 'lobby', 'Ann');
    await send(ann, { action: 'sendMessage', id: 'message-1', text: 'one' });
    expect(await taken(1)).toEqual({ room: 'lobby', seq: 1, type: 'message', texts: 1 });
    await send(ann, { action: 'editMessage', id: 'edit-0001', of: 1, text: 'more' });
    expect(await taken(2)).toMatchObject({ type: 'edited', texts: 1 });

    await stopConsumer();
    await send(ann, { action: 'sendMessage', id: 'message-2', text: 'two' });
    await send(ann, { action: 'sendMessage', id: 'message-3', text: 'three' });
    await startConsumer();
    expect(await taken(4)).toMatchObject({ type: 'message', texts: 3 });
    expect(await invoke(stack, 'OperatorReplayLambdaFunction', { room: 'lobby', from: 1 })).toEqual({
      outcome: 'rewound',
    });

    expect(await invoke(stack, 'OperatorEraseLambdaFunction', { room: 'lobby' })).toMatchObject({
      erased: 4,
    });
    await send(ann, { action: 'sendMessage', id: 'message-4', text: 'four' });
    expect(await taken(5)).toMatchObject({ texts: expect.any(Number) });
    await send(ann, { action: 'sendMessage', id: 'message-5', text: 'five' });
    expect(await taken(6)).toMatchObject({ texts: 2 });
  });

  it('takes a gap that begins with what it has taken, and what follows it', async () => {
    const deliver = async (seq: number, entry: object): Promise<number> => {
      const body = JSON.stringify({ log: 'other', room: 'lobby', seq, entry });
      const headers = signWebhook([key()], `${seq}`, Math.floor(Date.now() / 1000), body);
      return (await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers, body })).status;
    };
    const message = { type: 'message', text: 'hello' };

    expect(await deliver(1, message)).toBe(204);
    expect(await deliver(4, message)).toBe(409);
    expect(await deliver(1, { type: 'gap', to: 3 })).toBe(204);
    expect(await deliver(1, { type: 'gap', to: 3 })).toBe(204);
    expect(await deliver(5, message)).toBe(409);
    expect(await deliver(4, message)).toBe(204);
  });

  it('refuses what is not signed with its key', async () => {
    const headers = {
      'webhook-id': 'x',
      'webhook-timestamp': String(Math.floor(Date.now() / 1000)),
      'webhook-signature': 'v1,AAAA',
    };
    const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers, body: '{}' });

    expect(answer.status).toBe(401);
  });
});

/** Runs `edge-chat replay` as an operator would; gives its exit code and what it printed. */
async function replay(stack: Stack, ...args: string[]): Promise<{ code: number | null; printed: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'cli/edgeChat.ts', 'replay', ...args], {
    env: {
      PATH: process.env.PATH,
      AWS_ENDPOINT_URL_LAMBDA: stack.lambdaUrl,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    },
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += chunk));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, printed })));
}

it.each(['fifo', 'bus'])(
  'events=%s sends each entry, which the local stack prints, and again in a replay',
  async (events) => {
    const lines = createLines();
    const stack = await startStack({ params: { events }, print: lines.push });
    try {
      const ann = await guestIn(stack, 'lobby', 'Ann');
      await send(ann, { action: 'sendMessage', id: 'message-1', text: 'one' });

      const event = JSON.parse((await lines.next('event {')).slice('event '.length));
      expect(event).toMatchObject({ room: 'lobby', seq: 1, entry: { type: 'message', text: 'one' } });

      expect(await replay(stack, '--room', 'lobby', '--from', '2')).toEqual({
        code: 0,
        printed: 'The events of lobby from seq 2 are on their way for the first time.\n',
      });
      expect(await replay(stack, '--room', 'lobby', '--from', '1')).toEqual({
        code: 0,
        printed: 'The events of lobby come again from seq 1.\n',
      });
      expect(JSON.parse((await lines.next('event {')).slice('event '.length))).toEqual(event);
    } finally {
      await stack.stop();
    }
  },
);
