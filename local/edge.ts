import { randomBytes } from 'node:crypto';
import {
  Agent,
  createServer,
  type IncomingMessage,
  type RequestOptions,
  type ServerResponse,
  request as send,
} from 'node:http';
import type { Socket } from 'node:net';
import type { Distribution, Origin } from './distribution';
import { behaviourFor, forward, type OriginRequest, type ViewerRequest } from './forward';
import { headerLines, responseOn } from './http';
import { type Listening, listen } from './listen';
import { fromBucket } from './page';
import { applyTo, type ResponseHeaders } from './responseHeaders';
import { type Tunnel, tunnel } from './tunnel';

/** CloudFront's limits. The time is a parameter because nobody waits ten minutes for a test. */
export interface EdgeLimits {
  urlBytes: number;
  /** Request line and headers. */
  requestBytes: number;
  /** On a WebSocket, without a byte from origin to viewer. Bytes the other way do not count. */
  idleMs: number;
}

export const EDGE_LIMITS: EdgeLimits = { urlBytes: 8192, requestBytes: 20_480, idleMs: 600_000 };

/** What the edge is started with. It listens before it knows its distribution, so that its address is known. */
export interface EdgeOptions {
  port?: number;
  limits?: Partial<EdgeLimits>;
  /** Stands between the two ends of every WebSocket. */
  tunnel?: Tunnel;
}

/** What the edge serves, once it is known. */
export interface Served {
  distribution: Distribution;
  /** Where the origins' names lead. */
  ports: Map<string, number>;
  pageDirectory: string;
}

/** An edge that listens; until it serves something it answers 503. */
export interface Edge extends Listening {
  serve(served: Served): void;
}

/**
 * Starts what CloudFront is for one distribution. Viewers come by plain HTTP here, so the behaviours'
 * `https-only` and `redirect-to-https` are the one thing not enforced.
 */
export async function startEdge({ port = 0, tunnel: between, ...options }: EdgeOptions): Promise<Edge> {
  const limits = { ...EDGE_LIMITS, ...options.limits };
  const agent = new Agent({ keepAlive: true });
  let served: Served | undefined;

  const handle = async (
    request: IncomingMessage,
    response: ServerResponse,
    upgrade?: { socket: Socket; head: Buffer },
  ) => {
    const cfId = `${randomBytes(40).toString('base64url')}==`;
    const fail = (status: number, reason: string, policy?: ResponseHeaders) => {
      const body = `<!DOCTYPE html><title>ERROR: The request could not be satisfied</title><h1>${status} ERROR</h1><p>${reason}</p>`;
      respond(
        response,
        status,
        {
          'content-type': 'text/html',
          'content-length': String(Buffer.byteLength(body)),
          'x-cache': 'Error from cloudfront',
        },
        cfId,
        policy,
      );
      response.end(request.method === 'HEAD' ? undefined : body);
    };

    const viewer = viewerOf(request, upgrade !== undefined);
    if (!served) return fail(503, 'The local stack is still starting.');
    if (viewer.url.length > limits.urlBytes || sizeOf(viewer) > limits.requestBytes)
      return fail(413, 'Request too large.');
    if (viewer.url === '/') viewer.url = `/${served.distribution.rootObject}`;

    const behaviour = behaviourFor(served.distribution, viewer.url);
    const { origin } = behaviour;
    if (!behaviour.methods.has(viewer.method))
      return fail(
        403,
        'This distribution is not configured to allow the HTTP request method that was used for this request.',
        behaviour.response,
      );

    if (origin.kind === 'bucket') {
      const { status, headers, body } = await fromBucket(
        served.pageDirectory,
        origin.path + viewer.url.split('?')[0],
      );
      respond(
        response,
        status,
        {
          ...headers,
          'Content-Length': String(body.length),
          'x-cache': status === 200 ? 'Miss from cloudfront' : 'Error from cloudfront',
        },
        cfId,
        behaviour.response,
      );
      return response.end(request.method === 'HEAD' ? undefined : body);
    }

    const outgoing = send(
      callOf(viewer.method, forward(viewer, behaviour, cfId), origin, served, upgrade ? undefined : agent),
    );
    outgoing.setTimeout(origin.readTimeoutMs, () =>
      outgoing.destroy(Object.assign(new Error(), { status: 504 })),
    );
    outgoing.once('response', (answer) => {
      respond(
        response,
        answer.statusCode ?? 502,
        {
          ...answer.headers,
          'x-cache': (answer.statusCode ?? 502) < 400 ? 'Miss from cloudfront' : 'Error from cloudfront',
        },
        cfId,
        behaviour.response,
      );
      answer.pipe(response);
      answer.once('error', () => response.destroy());
    });
    outgoing.once('error', ({ status = 502 }: { status?: number }) =>
      response.headersSent
        ? response.destroy()
        : fail(status, 'The origin does not answer.', behaviour.response),
    );

    if (!upgrade) return request.pipe(outgoing);
    outgoing.once('upgrade', (answer, originSocket: Socket, originHead) => {
      originSocket.setTimeout(0);
      response.detachSocket(upgrade.socket);
      upgrade.socket.write(headOf101(answer, cfId));
      tunnel(
        { viewer: upgrade.socket, origin: originSocket, fromViewer: upgrade.head, fromOrigin: originHead },
        limits.idleMs,
        between,
      );
    });
    outgoing.end();
  };

  const server = createServer(
    { maxHeaderSize: 65_536 },
    (request, response) => void handle(request, response),
  );
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    // Any other upgrade is none: CloudFront takes the header away and goes on.
    const webSocket = request.headers.upgrade?.toLowerCase() === 'websocket';
    void handle(request, responseOn(request, socket), webSocket ? { socket, head } : undefined);
  });

  const listening = await listen(server, port);
  return {
    ...listening,
    serve: (next) => {
      served = next;
    },
    async stop() {
      agent.destroy();
      await listening.stop();
    },
  };
}

function viewerOf(request: IncomingMessage, upgrade: boolean): ViewerRequest {
  const { method = 'GET', url = '/', rawHeaders, socket } = request;
  const { remoteAddress = '', remotePort = 0 } = socket;
  return { method, url, lines: headerLines(rawHeaders), address: remoteAddress, port: remotePort, upgrade };
}

const sizeOf = ({ method, url, lines }: ViewerRequest) =>
  lines.reduce(
    (size, [name, value]) => size + name.length + value.length + 4,
    method.length + url.length + 12,
  );

function callOf(
  method: string,
  { path, lines }: OriginRequest,
  origin: Origin,
  served: Served,
  agent?: Agent,
): RequestOptions {
  const port = served.ports.get(origin.host);
  if (!port) throw new Error(`Nothing local stands for the origin ${origin.host}.`);
  return {
    host: '127.0.0.1',
    port,
    method,
    path,
    headers: lines.flat(),
    setHost: false,
    agent: agent ?? false,
  };
}

const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade']);

function respond(
  response: ServerResponse,
  status: number,
  headers: Record<string, string | string[] | undefined>,
  cfId: string,
  policy?: ResponseHeaders,
): void {
  const all = new Map<string, string | string[]>();
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined && !HOP_BY_HOP.has(name.toLowerCase())) all.set(name.toLowerCase(), value);
  if (policy) applyTo(all, policy);
  all.set('via', '1.1 local.cloudfront.net (CloudFront)');
  all.set('x-amz-cf-id', cfId);
  response.writeHead(status, Object.fromEntries(all));
}

/** The origin's 101 as the viewer sees it. */
function headOf101(answer: IncomingMessage, cfId: string): string {
  const lines = [
    ...headerLines(answer.rawHeaders),
    ['Via', '1.1 local.cloudfront.net (CloudFront)'],
    ['X-Amz-Cf-Id', cfId],
  ];
  return `HTTP/1.1 101 Switching Protocols\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}
