import { createServer, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import type { Invoke } from '../lambda/functions';
import { answerJson, responseOn, safely } from '../util/http';
import { type Listening, listen } from '../util/listen';
import type { WebSocketApi } from './apis';
import { type Connection, connectionOn, SOCKET_LIMITS, type SocketLimits } from './connections';
import { awsId, disconnectEvent, type Handshake } from './events';
import { acceptHandshake, faultOf } from './handshake';
import { manage, type PostHook } from './managementApi';
import { answerFrame } from './routing';

/** Where a later suite steps in between the gateway and its clients. */
export interface WebSocketHooks {
  post?: PostHook;
  /** Stands around every answer to a frame. */
  reply?: (reply: { connectionId: string; data: string }, send: () => void) => void;
}

/** What a WebSocket API is started with. */
export interface WebSocketApiOptions {
  api: WebSocketApi;
  invoke: Invoke;
  limits?: Partial<SocketLimits>;
  hooks?: WebSocketHooks;
}

/** A WebSocket API that runs, with its management API. */
export interface RunningWebSocketApi extends Listening {
  connections: Map<string, Connection>;
}

/** Starts what API Gateway is for a WebSocket API: handshakes, routes, limits, `@connections`. */
export async function startWebSocketApi(options: WebSocketApiOptions): Promise<RunningWebSocketApi> {
  const { api, invoke, hooks = {} } = options;
  const limits = { ...SOCKET_LIMITS, ...options.limits };
  const connections = new Map<string, Connection>();
  const chosen = new WeakMap<IncomingMessage, string>();
  let stopping = false;

  const upgrades = new WebSocketServer({
    noServer: true,
    maxPayload: limits.messageBytes,
    perMessageDeflate: false,
    // Only what $connect answered is echoed, whatever was offered.
    handleProtocols: (_offered, request) => chosen.get(request) ?? false,
  });

  const server = createServer(
    safely(async (request, response) => {
      const path = (request.url ?? '').split('?')[0] ?? '';
      const prefix = `/${api.stage}/@connections/`;
      if (!ownHost(request)) return answerJson(response, 403, { message: 'Forbidden' });
      if (path.startsWith(prefix)) {
        const { bufferBytes } = limits;
        const post: PostHook = hooks.post ?? (async (_post, deliver) => deliver());
        return manage(request, response, idIn(path.slice(prefix.length)), connections, {
          bufferBytes,
          post,
        });
      }
      if (path === `/${api.stage}`)
        return answerJson(response, 426, { message: 'Upgrade Required' }, { Upgrade: 'websocket' });
      answerJson(response, 403, { message: 'Forbidden' });
    }),
  );

  server.on('upgrade', async (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const connectionId = awsId();
    const refuse = (status: number, message: string) =>
      answerJson(responseOn(request, socket), status, { message, connectionId, requestId: awsId() });

    if (!ownHost(request) || request.url?.split('?')[0] !== `/${api.stage}`) return refuse(403, 'Forbidden');
    const fault = faultOf(request);
    if (fault) return refuse(400, fault);
    if (!api.throttles.takes('$connect', Date.now())) return refuse(429, 'Too Many Requests');

    const result = await acceptHandshake(api, request, handshakeOf(request, connectionId), invoke);
    if (!result.ok) return refuse(result.status, result.message);
    if (result.protocol) chosen.set(request, result.protocol);

    upgrades.handleUpgrade(request, socket, head, (upgraded) => {
      const connection = connectionOn(upgraded, socket, result.handshake, limits, {
        message: (text) => answerTo(connection, text),
        closed: (code, reason) => void forget(result.handshake, code, reason),
      });
      connections.set(connectionId, connection);
    });
  });

  const answerTo = async (connection: Connection, text: string) => {
    const { connectionId } = connection.handshake;
    const data = await answerFrame(api, invoke, connection.handshake, text);
    if (data === undefined) return;
    const send = () => connection.send(data);
    if (hooks.reply) hooks.reply({ connectionId, data }, send);
    else send();
  };

  const forget = async (handshake: Handshake, code: number, reason: string) => {
    connections.delete(handshake.connectionId);
    const functionName = api.routes.get('$disconnect');
    if (functionName && !stopping) await invoke(functionName, disconnectEvent(api, handshake, code, reason));
  };

  const listening = await listen(server);
  // The name the edge sends, and the address the functions reach the management API by.
  const names = new Set([api.host, `127.0.0.1:${listening.port}`]);
  const ownHost = (request: IncomingMessage) => names.has(request.headers.host ?? '');

  return {
    ...listening,
    connections,
    async stop() {
      stopping = true;
      for (const connection of connections.values()) connection.terminate();
      await listening.stop();
    },
  };
}

/** The connection id in a path; one that is not encoded as it must be is no connection's. */
function idIn(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function handshakeOf(request: IncomingMessage, connectionId: string): Handshake {
  return {
    connectionId,
    connectedAt: Date.now(),
    rawHeaders: request.rawHeaders,
    sourceIp: request.socket.remoteAddress ?? '',
    userAgent: request.headers['user-agent'],
  };
}
