import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import { createConcurrencyQueue } from '../util/concurrencyQueue';
import type { Handshake } from './events';
import { frameMeter } from './frames';

/** API Gateway's limits on a WebSocket. The times are parameters, so that a test need not wait ten minutes. */
export interface SocketLimits {
  frameBytes: number;
  messageBytes: number;
  /** Without a message in either direction. */
  idleMs: number;
  /** From the handshake on, whatever happens. */
  lifeMs: number;
  /** Unsent bytes above which a client counts as too slow to post to. */
  bufferBytes: number;
  /** Frames of one connection that are answered at a time. */
  framesAtOnce: number;
}

export const SOCKET_LIMITS: SocketLimits = {
  frameBytes: 32 * 1024,
  messageBytes: 128 * 1024,
  idleMs: 600_000,
  lifeMs: 7_200_000,
  bufferBytes: 512 * 1024,
  framesAtOnce: 2,
};

/** An open socket, as the management API sees it. */
export interface Connection {
  handshake: Handshake;
  lastActiveAt: number;
  /** Unsent bytes. */
  buffered(): number;
  /** Sends a text frame. */
  send(text: string): void;
  close(code: number, reason: string): void;
  /** Ends it without a word, as a lost network does. */
  terminate(): void;
}

/** What happens on a connection. */
export interface ConnectionEvents {
  message(text: string): Promise<void>;
  closed(code: number, reason: string): void;
}

/** Puts API Gateway's limits on a socket that has just been upgraded. */
export function connectionOn(
  socket: WebSocket,
  raw: Socket,
  handshake: Handshake,
  limits: SocketLimits,
  events: ConnectionEvents,
): Connection {
  const open = () => socket.readyState === WebSocket.OPEN;
  const close = (code: number, reason: string) => {
    if (!open()) return;
    frames.drop();
    socket.close(code, reason);
  };
  const idle = setTimeout(() => close(1001, 'Going away'), limits.idleMs);
  const life = setTimeout(() => close(1001, 'Going away'), limits.lifeMs);

  // On Lambda every invocation has a processor of its own. Here all functions share a few cores. A connection that
  // sends faster than it is answered is not read further until its frames were handled.
  const frames = createConcurrencyQueue(limits.framesAtOnce, events.message, {
    behind: () => socket.pause(),
    level: () => socket.resume(),
    failed(error) {
      console.error(error);
      close(1011, 'Internal server error');
    },
  });
  const connection: Connection = {
    handshake,
    lastActiveAt: handshake.connectedAt,
    buffered: () => socket.bufferedAmount,
    send(text) {
      if (!open()) return;
      used();
      socket.send(text);
    },
    close,
    terminate: () => socket.terminate(),
  };
  const used = () => {
    connection.lastActiveAt = Date.now();
    idle.refresh();
  };

  // Ahead of the WebSocket library, which would wait for the whole of a frame before it spoke of it.
  raw.prependListener(
    'data',
    frameMeter((bytes) => bytes > limits.frameBytes && close(1009, 'Frame too large')),
  );
  socket.on('message', (data, isBinary) => {
    if (!open()) return;
    used();
    if (isBinary) close(1003, 'Binary frames are not supported');
    else frames.take(String(data));
  });
  // The library itself closes with 1009 or 1007 when a message is too large or no UTF-8.
  socket.on('error', () => {});
  socket.once('close', (code, reason) => {
    clearTimeout(idle);
    clearTimeout(life);
    events.closed(code, reason.toString());
  });
  return connection;
}
