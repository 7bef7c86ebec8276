import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { MessageEntry } from '../../lib/protocol';
import { type Listening, listen } from '../../local/util/listen';
import { between, pick, type Random } from '../simulation/random';
import type { Dice } from './faults';
import type { Timers } from './timers';

/** What the proxy sees happen in the database, at the moment it is known to have happened. */
export interface DatabaseEvents {
  written(room: string, entry: MessageEntry): void;
  /** A connection's row is about to be deleted. */
  forgotten(connectionId: string): void;
}

export interface DatabaseProxyOptions {
  url: string;
  dice: Dice;
  random: Random;
  timers: Timers;
  events: DatabaseEvents;
}

interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

interface Call {
  operation: string;
  input: { TableName?: string; Item?: Attributes; Key?: Attributes };
}

type Attributes = Record<string, { S?: string; N?: string }>;

const LATE_MS = { from: 20, to: 1_000 };
/** Longer than the functions wait for an answer. */
const HANGS_MS = 8_000;

/** Errors that DynamoDB documents as passing; nothing was carried out. */
const REFUSALS = [
  [400, 'ProvisionedThroughputExceededException'],
  [400, 'ThrottlingException'],
  [400, 'RequestLimitExceeded'],
  [400, 'TransactionConflictException'],
  [500, 'InternalServerError'],
  [503, 'ServiceUnavailable'],
] as const;

/** Stands between the functions and the database: refuses, delays, and loses replies to what was carried out. */
export async function startDatabaseProxy(options: DatabaseProxyOptions): Promise<Listening> {
  const { url, dice, random, timers, events } = options;
  const agent = new Agent({ keepAlive: true });

  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = await read(incoming);
    const call = callOf(incoming, body);
    dice.count(`database call ${call.operation}`);
    if (dice.hits('databaseRefused')) return send(outgoing, refusal(pick(random, REFUSALS)));
    if (isPut(call) && dice.hits('putSwallowed')) return send(outgoing, success({}));
    if (dice.hits('databaseHangs')) {
      if (random() < 0.5) await timers.wait(HANGS_MS);
      else {
        await carryOut(call, incoming, body);
        await timers.wait(HANGS_MS);
      }
      return void outgoing.destroy();
    }
    if (dice.hits('databaseLate')) await timers.wait(between(random, LATE_MS.from, LATE_MS.to));

    const real = await carryOut(call, incoming, body);
    if (!dice.hits('databaseReplyLost')) return send(outgoing, real);
    const how = random();
    if (how < 0.25) return send(outgoing, refusal([500, 'InternalServerError']));
    if (how < 0.4) await timers.wait(HANGS_MS);
    outgoing.destroy();
  };

  const carryOut = async (call: Call, incoming: IncomingMessage, body: Buffer): Promise<Answer> => {
    const gone =
      call.operation === 'DeleteItem' && isOf('Connections', call) && call.input.Key?.connection?.S;
    if (gone) events.forgotten(gone);
    const real = await forward(agent, url, incoming, body);
    if (isPut(call) && real.status === 200) {
      const { room, entry } = rowOf(call.input.Item ?? {});
      events.written(room, entry);
    }
    return real;
  };

  const server = createServer((incoming, outgoing) => {
    // A function that stopped within its call, or no longer waits, is no failure of the proxy.
    answer(incoming, outgoing).catch(() => outgoing.destroy());
  });
  const listening = await listen(server);
  return {
    ...listening,
    async stop() {
      agent.destroy();
      await listening.stop();
    },
  };
}

async function read(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function callOf({ headers }: IncomingMessage, body: Buffer): Call {
  const [, operation = ''] = String(headers['x-amz-target']).split('.');
  return { operation, input: JSON.parse(body.toString()) };
}

function isPut(call: Call): boolean {
  return call.operation === 'PutItem' && isOf('Messages', call);
}

/** The tables are named after their logical ids. */
function isOf(table: string, { input }: Call): boolean {
  return input.TableName?.startsWith(`${table}-`) === true;
}

/** An entry of the log as its row holds it. */
export function rowOf(item: Attributes): { room: string; entry: MessageEntry } {
  const text = (name: string): string => item[name]?.S ?? '';
  const number = (name: string): number => Number(item[name]?.N);
  const from = { id: text('user'), name: text('name') };
  return {
    room: text('room'),
    entry: {
      type: 'message',
      seq: number('seq'),
      id: text('id'),
      text: text('text'),
      from,
      at: number('at'),
    },
  };
}

function forward(agent: Agent, url: string, incoming: IncomingMessage, body: Buffer): Promise<Answer> {
  const { host: _, connection: __, ...headers } = incoming.headers;
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: 'POST', agent, headers }, async (reply) => {
      const { 'content-type': type = 'application/x-amz-json-1.0', 'x-amz-crc32': crc } = reply.headers;
      try {
        resolve({
          status: reply.statusCode ?? 500,
          headers: { 'content-type': type, ...(typeof crc === 'string' && { 'x-amz-crc32': crc }) },
          body: await read(reply),
        });
      } catch (error) {
        reject(error);
      }
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

function refusal([status, name]: readonly [number, string]): Answer {
  const error = { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: 'A fault was injected.' };
  return { ...success(error), status };
}

function success(value: unknown): Answer {
  const headers = { 'content-type': 'application/x-amz-json-1.0' };
  return { status: 200, headers, body: Buffer.from(JSON.stringify(value)) };
}

function send(outgoing: ServerResponse, { status, headers, body }: Answer): void {
  outgoing.writeHead(status, { ...headers, 'content-length': body.length }).end(body);
}
