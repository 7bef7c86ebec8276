import { request as ask, createServer, type IncomingMessage, STATUS_CODES } from 'node:http';
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { connect, createServer as createTcpServer, type Socket } from 'node:net';
import { type Listening, listen } from '../util/listen';
import type { Certificate } from './certificate';

/** A TLS proxy before the stand-in for CloudFront. Until it knows its target, it answers 503. */
export interface TlsProxy extends Listening {
  /** The port of the stand-in, and the behaviours' `ViewerProtocolPolicy` for an address. */
  serve(target: { port: number; protocolFor(url: string): string }): void;
}

/** The first byte of a TLS handshake. */
const HANDSHAKE = 0x16;

/** Headers of one hop, and what HTTP/2 writes otherwise: neither is passed on. */
const OF_ONE_HOP = new Set([
  'connection',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Adds TLS as CloudFront has it: HTTP/2 and HTTP/1.1 on the same port, and WebSockets by HTTP/1.1. Plain HTTP on that
 * port is redirected or refused as the behaviours say.
 */
export async function startTlsProxy(
  certificate: Certificate,
  port?: number,
  host?: string,
): Promise<TlsProxy> {
  let target: Parameters<TlsProxy['serve']>[0] | undefined;

  const secure = createSecureServer({ ...certificate, allowHTTP1: true }, (viewer, answer) => {
    if (!target) return answer.writeHead(503).end();
    passOn(viewer, answer, target.port);
  });
  secure.on('upgrade', (viewer: IncomingMessage, socket: Socket, head: Buffer) => {
    if (!target) return socket.destroy();
    tunnel(viewer, socket, head, target.port);
  });

  const plainAnswer = ({ headers, url = '/' }: IncomingMessage): [status: number, location?: string] => {
    switch (target?.protocolFor(url)) {
      case 'redirect-to-https':
        return [301, `https://${headers.host}${url}`];
      case 'https-only':
        return [403];
      default:
        return [503];
    }
  };
  const plain = createServer((viewer, answer) => {
    if (target?.protocolFor(viewer.url ?? '/') === 'allow-all') return passOn(viewer, answer, target.port);
    const [status, location] = plainAnswer(viewer);
    answer.writeHead(status, { ...(location && { location }), 'content-length': 0 }).end();
  });
  plain.on('upgrade', (viewer: IncomingMessage, socket: Socket, head: Buffer) => {
    if (target?.protocolFor(viewer.url ?? '/') === 'allow-all')
      return tunnel(viewer, socket, head, target.port);
    const [status, location] = plainAnswer(viewer);
    const lines = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      ...(location ? [`Location: ${location}`] : []),
    ];
    socket.end(`${lines.join('\r\n')}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
  });

  const server = createTcpServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('readable', () => {
      const first: Buffer | null = socket.read(1);
      if (!first) return socket.destroy();
      socket.unshift(first);
      (first[0] === HANDSHAKE ? secure : plain).emit('connection', socket);
    });
  });
  const listening = await listen(server, port, host);
  return {
    ...listening,
    serve: (next) => {
      target = next;
    },
  };
}

type Viewer = IncomingMessage | Http2ServerRequest;

/** The host a viewer asked for; HTTP/2 has it in a header of its own. */
const hostOf = ({ headers }: Viewer) => String(headers[':authority'] ?? headers.host ?? '');

function passOn(
  viewer: Viewer,
  answer: Http2ServerResponse | import('node:http').ServerResponse,
  port: number,
) {
  const headers = onward(viewer.headers);
  const call = ask(
    {
      host: '127.0.0.1',
      port,
      method: viewer.method,
      path: viewer.url,
      headers: { ...headers, host: hostOf(viewer) },
    },
    (response) => {
      answer.writeHead(response.statusCode ?? 502, onward(response.headers));
      response.pipe(answer);
    },
  );
  call.on('error', () => answer.destroy());
  answer.on('close', () => call.destroy());
  viewer.pipe(call);
}

/** Headers that go on to the next hop. */
const onward = (headers: Record<string, string | string[] | undefined>) =>
  Object.fromEntries(
    Object.entries(headers).filter(([name]) => !name.startsWith(':') && !OF_ONE_HOP.has(name)),
  );

/** Hands a handshake on as it came, and both directions after it. */
function tunnel(viewer: IncomingMessage, socket: Socket, head: Buffer, port: number): void {
  const lines = viewer.rawHeaders.flatMap((name, i, all) => (i % 2 === 0 ? [`${name}: ${all[i + 1]}`] : []));
  const onwards = connect(port, '127.0.0.1');
  for (const [one, other] of [
    [socket, onwards],
    [onwards, socket],
  ] as const) {
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
  }
  onwards.write(`${viewer.method} ${viewer.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  onwards.write(head);
  socket.pipe(onwards).pipe(socket);
}
