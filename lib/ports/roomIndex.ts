import type { LogPosition } from './logStore';

/** A room and its newest entry. */
export interface RoomHead {
  room: string;
  /** The seq of the newest entry. */
  seq: number;
  /** When it was written, in milliseconds since the epoch. */
  at: number;
}

/** The rooms that have a log, for operators; nothing on a message's way uses it. */
export interface RoomIndex {
  /**
   * Finds the first room behind a position, in the table's own order. A step may find none and still have a `next`;
   * without `next` the table has ended.
   */
  step(from?: LogPosition): Promise<{ room?: string; next?: LogPosition }>;
  /** Reads a room's newest entry, `undefined` when the room has none. */
  readHead(room: string): Promise<RoomHead | undefined>;
}
