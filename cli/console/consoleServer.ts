import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CommandError, EXIT } from '../commandLine/exitCodes';
import { readPageFiles } from './pageFiles';
import { type Refusal, refuseForeignHost, refuseOrder } from './requestGuard';

/** Answers an order of the page. @throws CommandError that says in a sentence what is wrong. */
export type Order = (payload: object) => Promise<object>;

/** A console that listens. */
export interface ConsoleServer {
  /** The page with its token. */
  url: string;
  stop(): Promise<void>;
}

const ADDRESS = '127.0.0.1';
const TOKEN_BYTES = 32;
/** The most that an order may carry. */
const MAX_ORDER_BYTES = 16 * 1024;
const ORDERS = '/orders/';

const HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/** Serves the console's page on a free port of this machine, and its orders to who has the token of this run. */
export async function startConsoleServer(orders: ReadonlyMap<string, Order>): Promise<ConsoleServer> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const files = readPageFiles();
  let host = '';

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const foreign = refuseForeignHost(request, host);
    if (foreign) return refuse(response, foreign);
    const [address = ''] = (request.url ?? '').split('?');
    if (address.startsWith(ORDERS)) {
      const refusal = refuseOrder(request, host, token);
      if (refusal) return refuse(response, refusal);
      const order = orders.get(address.slice(ORDERS.length));
      if (!order) return refuse(response, { status: 404, sentence: 'There is no such order.' });
      return carryOut(order, request, response);
    }
    const file = files.get(address);
    if (!file) return refuse(response, { status: 404, sentence: 'There is no such page.' });
    if (request.method !== 'GET')
      return refuse(response, { status: 405, sentence: 'A page is read by GET.' });
    response.writeHead(200, { ...HEADERS, 'Content-Type': file.type, 'Content-Length': file.body.length });
    response.end(file.body);
  };

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, ADDRESS, resolve);
  });
  const { port } = server.address() as AddressInfo;
  host = `${ADDRESS}:${port}`;

  return {
    url: `http://${host}/#token=${token}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function carryOut(order: Order, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const payload = await readPayload(request);
  if (payload === undefined)
    return refuse(response, {
      status: 400,
      sentence: `An order is a JSON object of at most ${MAX_ORDER_BYTES} bytes.`,
    });
  try {
    answerJson(response, 200, await order(payload));
  } catch (error) {
    refuse(response, refusalOf(error));
  }
}

/** Reads an order; `undefined` if it is too large or no JSON object. */
async function readPayload(request: IncomingMessage): Promise<object | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_ORDER_BYTES) return undefined;
    chunks.push(chunk);
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function refusalOf(error: unknown): Refusal {
  if (!(error instanceof CommandError))
    return { status: 500, sentence: error instanceof Error ? error.message || error.name : String(error) };
  return { status: error.exitCode === EXIT.refused ? 422 : 502, sentence: error.message };
}

function refuse(response: ServerResponse, { status, sentence }: Refusal): void {
  answerJson(response, status, { error: sentence });
}

function answerJson(response: ServerResponse, status: number, value: object): void {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, {
    ...HEADERS,
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': body.length,
  });
  response.end(body);
}
