import type { EntryIdentity, LogPosition } from './logStore';

/** What an operator does to the logs; nothing on a message's way uses it. */
export interface ErasureStore {
  /**
   * Takes a message's text and its author's name away, and his id but for a trace by which a repeat of the same send
   * is still known. Tells whether there was something to take.
   */
  erase(room: string, slot: Pick<EntryIdentity, 'seq' | 'id' | 'user'>): Promise<boolean>;
  /** Takes from a system entry who did what it tells. */
  eraseModerator(room: string, seq: number): Promise<void>;
  /**
   * Reads on from a place through the logs of all rooms, in no order; gives the rows that name a user, whose rows they
   * are, and where to go on.
   */
  findRowsOf(
    user: string,
    from?: LogPosition,
  ): Promise<{ rows: (LogPosition & Pick<EntryIdentity, 'id' | 'user'>)[]; next?: LogPosition }>;
}
