import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createServer as createSecureServer } from 'node:tls';
import type { Certificate } from '../../local/cloudfront/certificate';
import { listen } from '../../local/util/listen';

/** A request as it came over the wire. */
export interface Heard {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer;
  /** Which connection it came on, from 0. */
  connection: number;
}

/** A server that reads requests and answers with whatever bytes a test wants. */
export interface Server {
  url: string;
  heard: Heard[];
  sockets: Socket[];
  /** Resolves with the first connection. */
  connected: Promise<unknown>;
  stop(): Promise<void>;
}

export const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';

/** Writes a complete response. */
export function response(status: number, body = '', headers = ''): string {
  return `HTTP/1.1 ${status} Whatever\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** Waits for the end of a connection. */
export async function closed(socket: Socket | undefined): Promise<void> {
  if (socket && !socket.closed) await once(socket, 'close');
}

/** Starts a server on which `answer` is called for every request. */
export async function startServer(
  answer: (socket: Socket, request: Heard, count: number) => void,
  certificate?: Certificate,
): Promise<Server> {
  const heard: Heard[] = [];
  const sockets: Socket[] = [];
  const accept = (socket: Socket): void => {
    const connection = sockets.push(socket) - 1;
    let unread = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      unread = Buffer.concat([unread, chunk]);
      for (let request = parse(unread, connection); request; request = parse(unread, connection)) {
        unread = unread.subarray(request.size);
        const { size, ...rest } = request;
        heard.push(rest);
        answer(socket, rest, heard.length);
      }
    });
  };
  const server = certificate ? createSecureServer(certificate, accept) : createServer(accept);
  server.on('tlsClientError', () => {});
  const connected = once(server, 'connection');
  const { port, stop } = await listen(server);
  return {
    url: `${certificate ? 'https://localhost' : 'http://127.0.0.1'}:${port}/ws`,
    heard,
    sockets,
    connected,
    stop,
  };
}

function parse(bytes: Buffer, connection: number): (Heard & { size: number }) | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const [method = '', path = ''] = first.split(' ');
  const headers = Object.fromEntries(
    lines.map((each) => [
      each.slice(0, each.indexOf(':')).toLowerCase(),
      each.slice(each.indexOf(':') + 1).trim(),
    ]),
  );
  const size = end + 4 + Number(headers['content-length'] ?? 0);
  return bytes.length < size
    ? undefined
    : { method, path, headers, body: bytes.subarray(end + 4, size), connection, size };
}
