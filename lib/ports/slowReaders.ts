/** Remembers the connections that do not read: each post to them is throttled. */
export interface SlowReaders {
  /** The last two messages for this connection were throttled to the end: it is not waited for. */
  isSlow(connection: string, now: number): boolean;
  /** The last message for this connection was throttled in a reply: the next one is tried once. */
  isSuspect(connection: string, now: number): boolean;
  /** A reply left a throttled connection to the worker. The second time in a row the connection is slow. */
  suspect(connection: string, now: number): void;
  /** A connection was given up: it is slow. */
  record(connection: string, now: number): void;
  /** A post got through. */
  forget(connection: string): void;
}
