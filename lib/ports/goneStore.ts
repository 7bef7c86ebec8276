/** How far up a room has lost messages to deletions and erasures. Every read is strongly consistent. */
export interface GoneStore {
  /** Notes that the message at a seq is about to lose its words. The highest seq of a room is kept. */
  raise(room: string, seq: number): Promise<void>;
  /** Reads the highest seq that was noted, 0 where none was. */
  read(room: string): Promise<number>;
}
