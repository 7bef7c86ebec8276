/** What the client needs from its platform. Browsers, Node and the simulation each provide their own. */

export type Cancel = () => void;

/** Time, as the client reads it and waits for it. */
export interface Clock {
  /** Milliseconds since the epoch, never less than before: also where the clock of the device is set back. */
  now(): number;
  /** Runs something once, later. */
  after(ms: number, run: () => void): Cancel;
}

/** A number in [0, 1), as `Math.random`. */
export type Random = () => number;

/** What happens to a socket. `close` comes exactly once, and nothing after it. */
export interface SocketEvents {
  /** The handshake is done, and the server has chosen this subprotocol. */
  open(protocol: string): void;
  /** A text frame has arrived. */
  message(frame: string): void;
  /** The socket has ended, or was never opened: a refused handshake looks the same in a browser. */
  close(): void;
}

/** One WebSocket. */
export interface Socket {
  /** Sends a text frame. */
  send(frame: string): void;
  /** Closes the connection; the event `close` follows. */
  close(): void;
}

/** Opens a WebSocket. No event may come from inside this call, or from inside `send` or `close`. */
export type OpenSocket = (url: string, protocols: string[], events: SocketEvents) => Socket;

/** What the device says about its network: hints, not facts. */
export interface Network {
  /** Calls back when the network comes or goes and when the page is shown again. The result ends the calls. */
  watch(changed: () => void): Cancel;
}
