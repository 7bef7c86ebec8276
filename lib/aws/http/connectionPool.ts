import {
  type ConnectionLimits,
  createHttpConnection,
  type HttpConnection,
  type HttpFailure,
  type HttpResult,
} from './connection';
import type { Origin } from './endpoint';
import { openSocket } from './openSocket';

export interface PoolLimits extends ConnectionLimits {
  /** The pool opens at most this many connections. */
  maxConnections: number;
  /** A connection must be open after this, in milliseconds, its TLS handshake included. */
  connectTimeoutMs: number;
}

/** Sends requests to one origin. Never throws. Sends a request twice only on a kept connection that was closed. */
export interface ConnectionPool {
  send(request: string): Promise<HttpResult>;
  /** Opens a connection for the first request. */
  warmUp(): void;
  /** Closes every connection. */
  close(): void;
}

const UNREACHABLE: HttpFailure = { ok: false, reason: 'unreachable' };

/**
 * Keeps connections to one origin. The connection used last is reused first, so that the others can go idle. The
 * pool opens another only while all are busy; the first free connection takes the oldest waiting request.
 */
export function createConnectionPool(origin: Origin, limits: PoolLimits): ConnectionPool {
  const connections = new Set<HttpConnection>();
  const idle: HttpConnection[] = [];
  const waiting: ((connection: HttpConnection | undefined) => void)[] = [];
  let opening = 0;

  const open = async (): Promise<HttpConnection | undefined> => {
    opening++;
    const socket = await openSocket(origin, limits.connectTimeoutMs);
    opening--;
    if (!socket) return undefined;
    const connection = createHttpConnection(socket, limits);
    connections.add(connection);
    connection.onClosed(() => {
      connections.delete(connection);
      ensureGrowth();
    });
    return connection;
  };

  /** Opens a connection for the oldest waiting request, which fails if the connection does. */
  const grow = async (): Promise<void> => {
    const connection = await open();
    if (connection) release(connection);
    else waiting.shift()?.(undefined);
    ensureGrowth();
  };

  const ensureGrowth = (): void => {
    while (opening < waiting.length && connections.size + opening < limits.maxConnections) void grow();
  };

  const release = (connection: HttpConnection): void => {
    if (!connection.isUsable()) return;
    const next = waiting.shift();
    if (next) next(connection);
    else idle.push(connection);
  };

  const takeIdle = (): HttpConnection | undefined => {
    for (let connection = idle.pop(); connection; connection = idle.pop()) {
      if (connection.isUsable()) return connection;
      connection.close();
    }
    return undefined;
  };

  const wait = (): Promise<HttpConnection | undefined> =>
    new Promise((resolve) => {
      waiting.push(resolve);
      ensureGrowth();
    });

  return {
    async send(request) {
      const connection = takeIdle() ?? (await wait());
      if (!connection) return UNREACHABLE;
      const isReused = connection.wasUsed();
      const outcome = await connection.send(request);
      release(connection);
      // The server may close a kept connection at any time (RFC 9112, section 9.3.1). Others that idled as long are
      // likely dead too, so the repeat takes a new one.
      if (!isReused || outcome.ok || outcome.reason !== 'closed') return outcome;
      const fresh = await open();
      ensureGrowth();
      if (!fresh) return UNREACHABLE;
      const repeated = await fresh.send(request);
      release(fresh);
      return repeated;
    },
    warmUp() {
      void open().then((connection) => {
        if (connection) release(connection);
        ensureGrowth();
      });
    },
    close() {
      for (const connection of connections) connection.close();
    },
  };
}
