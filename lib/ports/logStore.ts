import type { LogEntry, MessageEntry, SystemEntry } from '../protocol';

/** What identifies a row: its text may be blanked and the row may expire, this never changes. */
export interface EntryIdentity {
  seq: number;
  id: string;
  user: string;
  at: number;
  /** How large the row's text is, where it is longer than a kilobyte. */
  kilobytes?: number;
  /** The row tells that its user was put out of the room. */
  removes?: true;
  /** When the row stops counting, in milliseconds since the epoch. The newest row of a room never has one. */
  expiresAt?: number;
}

/** What is written into a log. A system entry has an id as well, by which its writer knows it again. */
export type NewEntry = MessageEntry | (SystemEntry & { id: string });

/** The log: rows by room and seq, written once. Every read is strongly consistent. */
export interface LogStore {
  // With `maxBytes` a page may end early: with the entry that is beyond so many bytes, or later.

  /** Reads at most `limit` entries that have not expired by `now`, upwards from `seq`. */
  readForward(room: string, seq: number, limit: number, now: number, maxBytes?: number): Promise<LogEntry[]>;
  /** Reads at most `limit` entries that have not expired by `now`, downwards from `seq`, or from the head. */
  readBackward(
    room: string,
    seq: number | undefined,
    limit: number,
    now: number,
    maxBytes?: number,
  ): Promise<LogEntry[]>;
  /** Reads what identifies at most `limit` rows, expired or not, upwards from `seq`. */
  readIdentities(room: string, seq: number, limit: number): Promise<EntryIdentity[]>;
  /** Writes an entry if its slot is free. @throws Unavailable when the outcome is unknown. */
  put(room: string, entry: NewEntry): Promise<'written' | 'taken'>;
  /** Gives a row its expiry, if the row exists. */
  expire(room: string, seq: number, at: number): Promise<void>;
  /** Tells which of some rooms have a row at the seq given for them. */
  roomsBeyond(seqs: ReadonlyMap<string, number>): Promise<string[]>;
}

/** A place in the whole table of logs. */
export interface LogPosition {
  room: string;
  seq: number;
}
