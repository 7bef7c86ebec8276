/** The platform as browsers and Node provide it. */

import { ChatError } from '../common/errors';
import type { Clock, Network, OpenSocket } from '../common/platform';

let wallAhead = 0;

/** The clock of the device, which no user can set back. It goes on through a sleep, in which `performance` may stop. */
export const clock: Clock = {
  now() {
    const elapsed = performance.now();
    wallAhead = Math.max(wallAhead, Date.now() - elapsed);
    return Math.floor(wallAhead + elapsed);
  },
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** As much of a WebSocket class as the client uses: a browser's, Node's, or that of the package `ws`. */
export type WebSocketClass = new (
  url: string,
  protocols: string[],
) => {
  /** The subprotocol that the server has chosen, after the handshake. */
  readonly protocol: string;
  /** Called after the handshake. */
  onopen: ((event: never) => void) | null;
  /** Called with each frame. */
  onmessage: ((event: never) => void) | null;
  /** Called once, at the end. */
  onclose: ((event: never) => void) | null;
  /** Called before the close that follows an error. */
  onerror: ((event: never) => void) | null;
  /** Sends a text frame. */
  send(frame: string): void;
  /** Closes the connection. */
  close(): void;
};

/** Opens sockets of a class; by default of the global one, which Node has from version 22 on. */
export function webSocketFrom(given?: WebSocketClass): OpenSocket {
  return (url, protocols, events) => {
    const Class = given ?? globalThis.WebSocket;
    const socket = new Class(url, protocols);
    socket.onopen = () => events.open(socket.protocol);
    socket.onmessage = ({ data }: { data: unknown }) => {
      if (typeof data === 'string') events.message(data);
    };
    socket.onclose = events.close;
    // The close follows; without a listener the package `ws` would throw.
    socket.onerror = () => {};
    return socket;
  };
}

/** Checks that there is a global WebSocket. @throws ChatError `noWebSocket` on Node before version 22. */
export function requireWebSocket(): void {
  if ('WebSocket' in globalThis) return;
  throw new ChatError('noWebSocket', 'No WebSocket: use Node 22, or the option `open`.');
}

/** 128 random bits, as the protocol writes ids. */
export function newId(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join('-');
}

/** Watches the network in a browser; elsewhere it reports nothing. */
export const network: Network = {
  watch(changed) {
    const stop = new AbortController();
    const listen = (event: string, run: () => void) =>
      globalThis.addEventListener?.(event, run, { signal: stop.signal });
    listen('online', changed);
    listen('offline', changed);
    listen('visibilitychange', () => document.hidden || changed());
    return () => stop.abort();
  },
};
