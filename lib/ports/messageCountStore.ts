import type { StoredEntry } from './logStore';

/** The newest row of a room: its entry, and how many messages the log got up to it, and below it. */
export interface NewestRow {
  entry: StoredEntry;
  n: number;
  below: number;
}

/** What the counts of unread messages read in the log. Every read is strongly consistent. */
export interface MessageCountStore {
  /** Reads the newest row of a room; `undefined` when nothing was ever written there. */
  readNewest(room: string): Promise<NewestRow | undefined>;
  /**
   * Counts the messages in `(above, upTo]` that have their words by `now`, and the kilobytes that it has read. It ends
   * once there are more than `most`. It gives no `messages` if it has read all the `kilobytes` and has not ended.
   */
  countMessages(
    room: string,
    range: { above: number; upTo: number },
    now: number,
    most: { messages: number; kilobytes: number },
  ): Promise<{ messages?: number; kilobytes: number }>;
}
