import { createHash, randomBytes } from 'node:crypto';
import { connect as connectTo, type Socket } from 'node:net';
import path from 'node:path';
import { type ClientOptions, WebSocket } from 'ws';

export const root = path.resolve(__dirname, '../..');

/** Waits for what was promised, and says what it was when it does not come. */
export async function within<Value>(what: string, promise: Promise<Value>, ms = 10_000): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`Waited ${ms} ms for ${what}.`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What came of a handshake. */
export type Outcome =
  | { open: true; socket: Client }
  | { open: false; status: number; body: string; headers: Record<string, unknown> };

/** A WebSocket whose frames can be waited for one by one. */
export interface Client {
  socket: WebSocket;
  protocol: string;
  send(frame: unknown): void;
  /** The next frame, parsed. */
  next(what?: string): Promise<Record<string, unknown>>;
  /** The next frame of a type; those before it are passed over. */
  nextOf(type: string): Promise<Record<string, unknown>>;
  /** How the connection ended. */
  closed: Promise<{ code: number; reason: string }>;
}

/** Opens a WebSocket and tells how the handshake went. */
export function handshake(
  url: string,
  protocols: string[] = [],
  options: ClientOptions = {},
): Promise<Outcome> {
  const socket = new WebSocket(url, protocols, options);
  const client = clientOf(socket);
  const outcome = new Promise<Outcome>((resolve, reject) => {
    socket.once('open', () => resolve({ open: true, socket: { ...client, protocol: socket.protocol } }));
    socket.once('unexpected-response', async (_request, response) => {
      let body = '';
      for await (const chunk of response) body += chunk;
      resolve({ open: false, status: response.statusCode ?? 0, body, headers: response.headers });
    });
    socket.once('error', reject);
  });
  return within(`the handshake with ${url}`, outcome);
}

/** Opens a WebSocket that must be let in. */
export async function open(
  url: string,
  protocols: string[] = [],
  options: ClientOptions = {},
): Promise<Client> {
  const outcome = await handshake(url, protocols, options);
  if (!outcome.open) throw new Error(`The handshake was answered ${outcome.status}: ${outcome.body}`);
  return outcome.socket;
}

function clientOf(socket: WebSocket): Client {
  const frames: string[] = [];
  const waiting: ((frame: string) => void)[] = [];
  socket.on('message', (data) => {
    const take = waiting.shift();
    if (take) take(String(data));
    else frames.push(String(data));
  });
  socket.on('error', () => {});
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });

  const next = async (what = 'a frame') => {
    const known = frames.shift();
    const frame = known ?? (await within(what, new Promise<string>((resolve) => waiting.push(resolve))));
    return JSON.parse(frame);
  };

  return {
    socket,
    protocol: '',
    next,
    async nextOf(type) {
      for (;;) {
        const frame = await next(`a frame of type ${type}`);
        if (frame.type === type) return frame;
      }
    },
    send: (frame) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    closed,
  };
}

/** The head of an answer, and its socket, paused: what follows waits for a `resume`. */
export interface RawAnswer {
  status: number;
  headers: Map<string, string>;
  socket: Socket;
}

/** Sends header lines as they are, for what no library would send. */
export function rawRequest(port: number, lines: string[]): Promise<RawAnswer> {
  const socket = connectTo(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  const answer = new Promise<RawAnswer>((resolve, reject) => {
    let text = '';
    socket.once('close', () => reject(new Error(`Closed without an answer: ${text}`)));
    socket.on('data', function read(chunk: Buffer) {
      text += chunk.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      if (end < 0) return;
      socket.off('data', read);
      socket.pause();
      socket.unshift(Buffer.from(text.slice(end + 4), 'latin1'));
      const [first = '', ...rest] = text.slice(0, end).split('\r\n');
      const headers = new Map(rest.map((line) => split(line)));
      resolve({ status: Number(first.split(' ')[1]), headers, socket });
    });
  });
  return within(`an answer to ${lines[0]}`, answer);
}

/** The lines of a WebSocket handshake, and the accept value its 101 must carry. */
export function upgradeLines(path: string, host: string, more: string[] = []) {
  const key = randomBytes(16).toString('base64');
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: ${host}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${key}`,
    'Sec-WebSocket-Version: 13',
    ...more,
  ];
  return { lines, accept };
}

export const portOf = (url: string) => Number(new URL(url).port);

function split(line: string): [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}
