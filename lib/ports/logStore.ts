import type {
  Content,
  DeletedEntry,
  EditedEntry,
  LogEntry,
  MessageEntry,
  ReactedEntry,
  SystemEntry,
  User,
} from '../protocol';

/** What identifies a row. It never changes, although the row's text may change or be erased, and the row may expire. */
export interface EntryIdentity {
  seq: number;
  id: string;
  user: string;
  at: number;
  /** The hash of what the row was written with. System entries and erased rows have none. */
  hash?: string;
  /** The row holds a change of a message, pending or not. */
  isChange?: true;
  /** The row holds a change that is not applied to its target yet, or a message whose files or mentions are not kept. */
  isPending?: true;
  /** How large the row's words, files and reactions are, where they are longer than a kilobyte. */
  kilobytes?: number;
  /** What the database read for the row, in kilobytes: the row's share of its page. */
  readKilobytes?: number;
  /** The row tells that its user was put out of the room. */
  removes?: true;
  /** How many messages the log got up to this row; missing while there was none. */
  n?: number;
  /** When the row stops counting, in milliseconds since the epoch. The newest row of a room never has one. */
  expiresAt?: number;
}

/** An edit with its words, as it is written. */
export type Edit = EditedEntry & Content & { from: User };

/** How the reactions to a message stood, as it is written. */
export type Reaction = ReactedEntry & { id: string };

/** What happened to the message at `of`. */
export type Change = Edit | (DeletedEntry & { from: User }) | Reaction;

/** What is written into a log. An entry of the server's own has an id as well, by which its writer knows it again. */
export type NewEntry = MessageEntry | Change | (SystemEntry & { id: string });

/**
 * A change that is in the log and not applied to its target yet, or a message whose files or mentions are not kept yet.
 * Nothing of it may be served.
 */
export interface PendingEntry {
  type: 'pending';
  seq: number;
  change: Change | MessageEntry;
}

/** An entry as its row has it. An `edited` entry has no words and a `reacted` one no counts: its target has them. */
export type StoredEntry = LogEntry | PendingEntry;

/** A message that is to be changed: `isGone` when it was deleted or erased. */
export interface ChangeTarget {
  user: string;
  at: number;
  edits: number;
  isGone: boolean;
}

/**
 * The log: rows by room and seq, each slot written once. Every read is strongly consistent. Of a row only these change:
 * its words, its reactions and what tells of their change, its expiry, and whether it is pending. With `maxBytes` a
 * page may end early: with the entry that passes this size, or later.
 */
export interface LogStore {
  /** Reads at most `limit` entries that have not expired by `now`, upwards from `seq`. */
  readForward(
    room: string,
    seq: number,
    limit: number,
    now: number,
    maxBytes?: number,
  ): Promise<StoredEntry[]>;
  /** Reads at most `limit` entries that have not expired by `now`, downwards from `seq`, or from the head. */
  readBackward(
    room: string,
    seq: number | undefined,
    limit: number,
    now: number,
    maxBytes?: number,
  ): Promise<StoredEntry[]>;
  /** Reads those of some rows that have not expired by `now`, in no order. */
  readRows(room: string, seqs: readonly number[], now: number): Promise<StoredEntry[]>;
  /** Reads what the right to change a message depends on; `undefined` when there is no message by `now`. */
  readTarget(room: string, seq: number, now: number): Promise<ChangeTarget | undefined>;
  /** Reads what identifies at most `limit` rows, expired or not, upwards from `seq`. */
  readIdentities(room: string, seq: number, limit: number): Promise<EntryIdentity[]>;
  /**
   * Writes an entry if its slot is free, as pending if it begins so. `n` is that of the new row.
   * @throws Unavailable when the outcome is unknown.
   */
  put(room: string, entry: NewEntry, hash?: string, n?: number): Promise<'written' | 'taken'>;
  /**
   * Applies a change to its target. An edit gives the target its words if the target has a text and no later edit. A
   * deletion takes words and reactions away, and of several the first one counts. Reactions hold if the target has a
   * text and none with a higher (k, seq). A message changes no row. Tells whether the target changed.
   */
  applyChange(room: string, change: Change | MessageEntry): Promise<boolean>;
  /** Removes the mark that an entry is pending, and of a change its own words or counts. */
  clearPending(room: string, entry: Pick<Change | MessageEntry, 'type' | 'seq'>): Promise<void>;
  /** Gives a row its expiry, if the row exists. */
  expire(room: string, seq: number, at: number): Promise<void>;
  /** Tells which of some rooms have a row at the seq given for them. */
  roomsBeyond(seqs: ReadonlyMap<string, number>): Promise<string[]>;
}

/** The `now` of a read that gives expired rows, too. */
export const NOTHING_EXPIRED = 0;

/** A place in the whole table of logs. */
export interface LogPosition {
  room: string;
  seq: number;
}
