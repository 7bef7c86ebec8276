/** Connections of which this container knows that they do not read: a post to one is tried once, and never waited for. */
export interface SlowReaders {
  isSlow(connection: string, now: number): boolean;
  record(connection: string, now: number): void;
  forget(connection: string): void;
}
