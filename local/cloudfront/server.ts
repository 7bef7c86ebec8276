import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { fromBucket, type PageBucket } from '../services/pageBucket';
import { headerLines, responseOn, safely } from '../util/http';
import { createAgent } from '../util/keepAliveAgent';
import { type Listening, listen } from '../util/listen';
import type { Distribution } from './distribution';
import { callOrigin, type OriginCall } from './originCall';
import { behaviourFor, forward, type ViewerRequest } from './originRequest';
import { NO_RESPONSE_HEADERS } from './responseHeaders';
import type { Tunnel } from './tunnel';
import { createViewerResponse } from './viewerResponse';

/** CloudFront's limits. The time is a parameter, so that a test need not wait ten minutes. */
export interface CloudFrontLimits {
  urlBytes: number;
  /** Request line and headers. */
  requestBytes: number;
  /** On a WebSocket, without a byte from origin to viewer. Bytes the other way do not count. */
  idleMs: number;
}

const CLOUDFRONT_LIMITS: CloudFrontLimits = { urlBytes: 8192, requestBytes: 20_480, idleMs: 600_000 };

/** Answers requests for pages that no distribution has. Tells whether it has answered. */
export type LocalPages = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Options of the stand-in. It listens before it knows its distribution, so that its address is known. */
export interface CloudFrontOptions {
  port?: number;
  host?: string;
  limits?: Partial<CloudFrontLimits>;
  /** Stands between the two ends of every WebSocket. */
  tunnel?: Tunnel | undefined;
  /** Pages of this machine that no distribution has; they are asked first. */
  localPages?: LocalPages | undefined;
}

/** The distribution that the stand-in serves, once it is known. */
export interface Served {
  distribution: Distribution;
  /** Where the origins' names lead. */
  ports: Map<string, number>;
  page: PageBucket;
}

/** A stand-in for CloudFront. Until it knows its distribution, it answers 503. */
export interface CloudFront extends Listening {
  serve(served: Served): void;
}

/**
 * Starts what CloudFront is for one distribution. Viewers come by plain HTTP here, so the behaviours'
 * `https-only` and `redirect-to-https` are the one thing not enforced. Nothing is cached or compressed.
 */
export async function startCloudFront(options: CloudFrontOptions): Promise<CloudFront> {
  const limits = { ...CLOUDFRONT_LIMITS, ...options.limits };
  const agent = createAgent();
  const road = { agent, idleMs: limits.idleMs, between: options.tunnel };
  let served: Served | undefined;

  const handle = async (
    request: IncomingMessage,
    response: ServerResponse,
    upgrade?: OriginCall['upgrade'],
  ) => {
    if (!upgrade && options.localPages?.(request, response)) return;
    const requestId = `${randomBytes(40).toString('base64url')}==`;
    const viewer = viewerOf(request, upgrade !== undefined);
    const early = createViewerResponse(request, response, requestId, NO_RESPONSE_HEADERS);
    if (!served) return early.refuse(503, 'The local stack is still starting.');
    if (viewer.url.length > limits.urlBytes || sizeOf(viewer) > limits.requestBytes)
      return early.refuse(413, 'The request is too large.');

    const { distribution, ports, page } = served;
    const url = viewer.url.replace(/^\/(?=\?|$)/, `/${distribution.rootObject}`);
    const behaviour = behaviourFor(distribution, url);
    const { origin } = behaviour;
    const answer = createViewerResponse(request, response, requestId, behaviour.response);
    if (!behaviour.methods.has(viewer.method))
      return answer.refuse(403, 'This distribution is not configured to allow this HTTP method.');

    if (origin.kind === 'bucket') {
      const { status, headers, body } = await fromBucket(page, origin.path + url.split('?')[0]);
      return answer.send(status, headers, body);
    }
    const port = ports.get(origin.host);
    if (!port) return answer.refuse(502, `Nothing local stands for ${origin.host}.`);
    const passage = { request, response, requestId, answer, upgrade };
    callOrigin(passage, forward({ ...viewer, url }, behaviour, requestId), origin, port, road);
  };

  const server = createServer({ maxHeaderSize: 65_536 }, safely(handle));
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    // Any other upgrade is none: CloudFront takes the header away and goes on.
    const webSocket = request.headers.upgrade?.toLowerCase() === 'websocket';
    const upgrade = webSocket ? { socket, head } : undefined;
    safely((_request, response) => handle(request, response, upgrade))(request, responseOn(request, socket));
  });

  const listening = await listen(server, options.port, options.host);
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
