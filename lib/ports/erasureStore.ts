import type { EntryIdentity, LogPosition } from './logStore';

/** What an operator does to the logs; nothing on a message's way uses it. */
export interface ErasureStore {
  /**
   * Removes an entry's words and its author's name. It replaces the author's id by a hash that identifies a repeat. A
   * message becomes `erased`; a change keeps its type and its target. Tells whether there was something to take.
   */
  erase(room: string, slot: Pick<EntryIdentity, 'seq' | 'id' | 'user' | 'isChange'>): Promise<boolean>;
  /** Removes the moderator from a system entry. */
  eraseModerator(room: string, seq: number): Promise<void>;
  /**
   * Reads the logs of all rooms from a position, in no order. Returns the rows that name a user, their role in it, and
   * the next position.
   */
  findRowsOf(
    user: string,
    from?: LogPosition,
  ): Promise<{ rows: (LogPosition & EntryIdentity)[]; next?: LogPosition }>;
}
