/** What the client needs of the world. Browsers, Node and the simulation each give their own. */

export type Cancel = () => void;

/** Time, as the client reads it and waits for it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs something once, later. */
  after(ms: number, run: () => void): Cancel;
}

/** A number in [0, 1), as `Math.random`. */
export type Random = () => number;

/** What happens to a socket. `close` comes exactly once, and nothing after it. */
export interface SocketEvents {
  /** The handshake is done. */
  open(): void;
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

/** What the device says of its network; all of it is a hint. */
export interface Network {
  /** Calls back when the network has come or gone, or the device is looked at again, until it is stopped. */
  watch(changed: () => void): Cancel;
}

/** A value, now or later. In memory it is now, so that the simulation needs no turns of the event loop. */
export type MaybePromise<T> = T | Promise<T>;

/** One send as the outbox keeps it. `after` and `log` are there from just before its first attempt. */
export interface OutboxRecord {
  id: string;
  room: string;
  text: string;
  /** Who sends it; left out while the client has had no token yet. */
  user?: string | undefined;
  /** When it was sent by the app, in milliseconds since the epoch. */
  at: number;
  /** Orders the sends of one client. */
  order: number;
  /** The cursor of the room at the first attempt, and the log it belongs to. */
  after?: number;
  log?: string;
  state: 'pending' | 'failed' | 'unknown';
  /** Why it failed. */
  code?: string | undefined;
}

/**
 * Keeps sends until they are acknowledged, so that they outlive the page. Several clients may share one: each
 * record belongs to one of them at a time, and to nobody once that client is gone.
 */
export interface Outbox {
  /** Starts a client's share, empty. */
  open(): MaybePromise<OutboxShare>;
}

/** The records of one client. Nobody else may change them before it is closed or gone. */
export interface OutboxShare {
  /** Takes over what belongs to nobody, and gives it, in order. */
  adopt(): MaybePromise<OutboxRecord[]>;
  /** Writes a record; `lost` when another client has taken it over, which then sends it. */
  put(record: OutboxRecord): MaybePromise<'kept' | 'lost'>;
  remove(id: string): MaybePromise<void>;
  /** Gives everything up for others to adopt. */
  close(): MaybePromise<void>;
}

/** What one chat keeps its sends with. */
export interface OutboxSession {
  /** Records can be kept: nothing is sent before. */
  isReady(): boolean;
  /** A good time to look for sends that a closed page has left, as far as they are this user's. The first time opens. */
  adopt(user: string | undefined): void;
  /** Writes a record, once it is open. */
  put(record: OutboxRecord, done: (outcome: 'kept' | 'lost' | 'failed') => void): void;
  remove(id: string): void;
  close(): void;
}

/** An outbox as a chat takes it: made of any other by `createOutbox` from `edge-chat/outbox`. */
export interface ChatOutbox extends Outbox {
  openSession(
    restore: (record: OutboxRecord) => void,
    isTooOld: (record: OutboxRecord) => boolean,
    report: (error: unknown) => void,
    opened: () => void,
  ): OutboxSession;
}
