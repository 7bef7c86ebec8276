import { type Agent, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import type { Socket } from 'node:net';
import type { Origin } from './distribution';
import type { OriginRequest } from './originRequest';
import { type Tunnel, tunnel } from './tunnel';
import { headOf101, type ViewerResponse } from './viewerResponse';

/** A viewer's request on its way to an origin. */
export interface OriginCall {
  request: IncomingMessage;
  response: ServerResponse;
  requestId: string;
  answer: ViewerResponse;
  /** The socket to hand over, and what it had already sent, when the viewer asked for a WebSocket. */
  upgrade: { socket: Socket; head: Buffer } | undefined;
}

/** How the edge reaches its origins. */
export interface OriginConnection {
  agent: Agent;
  idleMs: number;
  between: Tunnel | undefined;
}

/** Sends a request to an origin and brings its answer to the viewer; after a 101 it only carries bytes. */
export function callOrigin(
  { request, response, requestId, answer, upgrade }: OriginCall,
  { path, lines }: OriginRequest,
  origin: Origin,
  port: number,
  { agent, idleMs, between }: OriginConnection,
): void {
  const outgoing = send({
    host: '127.0.0.1',
    port,
    method: request.method,
    path,
    headers: lines.flat(),
    setHost: false,
    agent: upgrade ? false : agent,
  });

  let late = false;
  outgoing.setTimeout(origin.readTimeoutMs, () => {
    late = true;
    outgoing.destroy();
  });
  outgoing.once('error', () => answer.refuse(late ? 504 : 502, 'The origin does not answer.'));
  outgoing.once('response', (incoming) => {
    answer.begin(incoming.statusCode ?? 502, incoming.headers);
    incoming.once('error', () => response.destroy());
    incoming.pipe(response);
  });

  if (!upgrade) return void request.pipe(outgoing);
  outgoing.once('upgrade', (incoming, originSocket: Socket, fromOrigin: Buffer) => {
    originSocket.setTimeout(0);
    response.detachSocket(upgrade.socket);
    upgrade.socket.write(headOf101(incoming, requestId));
    const ends = { viewer: upgrade.socket, origin: originSocket, fromViewer: upgrade.head, fromOrigin };
    tunnel(ends, idleMs, between);
  });
  outgoing.end();
}
