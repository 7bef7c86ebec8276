import type { Clock, Random } from '../ports/clock';
import type { LogStore, NewEntry } from '../ports/logStore';
import type { RecentLogCache } from '../ports/recentLogCache';
import type { User } from '../protocol';
import type { InvocationMetrics } from '../telemetry/invocationMetrics';

/** What append works with. */
export interface LogContext {
  log: LogStore;
  recentLogs: RecentLogCache;
  clock: Clock;
  random: Random;
  metrics: InvocationMetrics;
}

/** Something to append: a repeat carries the same `id` and the same `after`. */
export interface EntryDraft<E extends NewEntry = NewEntry> {
  room: string;
  id: string;
  /** The user of the row: the sender of a message, or the subject of a system entry. */
  from: User;
  /** The hash of its content, which a repeat has to have as well. Entries of the server's own need none. */
  hash?: string;
  /** The highest seq its client knew in the room when it first sent this id. */
  after: number;
  /** Makes the entry for a slot. */
  toEntry(seq: number, at: number): E;
}
