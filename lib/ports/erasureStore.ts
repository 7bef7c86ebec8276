import type { EntryIdentity, LogPosition } from './logStore';

/** What a user did beside the message at `of`. */
export interface TargetPosition {
  room: string;
  of: number;
}

/** A part of the whole table. The key `room` of a position may be that of what is kept beside a message. */
export interface UserRows {
  rows: (LogPosition & EntryIdentity)[];
  reactions: TargetPosition[];
  /** The messages that the user writes an answer to. */
  drafts: TargetPosition[];
  next?: LogPosition;
}

/** What an operator does to the logs; nothing on a message's way uses it. */
export interface ErasureStore {
  /**
   * Removes an entry's words and its author's name. It replaces the author's id by a hash that identifies a repeat. A
   * message becomes `erased`; a change keeps its type and its target. Tells whether there was something to take.
   */
  erase(room: string, slot: Pick<EntryIdentity, 'seq' | 'id' | 'user' | 'isChange'>): Promise<boolean>;
  /** Removes the moderator from a system entry. */
  eraseModerator(room: string, slot: Pick<EntryIdentity, 'seq' | 'id'>): Promise<void>;
  /** Removes counts and users from what a message tells of its reactions. Earlier counts do not come back. */
  eraseSummary(room: string, seq: number): Promise<void>;
  /**
   * Reads the logs of all rooms from a position, in no order. Returns the rows that name a user, the messages that the
   * user reacted to or writes an answer to, and the next position. An entry about reactions names its users while it is
   * pending.
   */
  findRowsOf(user: string, from?: LogPosition): Promise<UserRows>;
}
