import type { EntryIdentity } from './logStore';

/** What this container remembers of rooms, so that most sends need no read: the newest part of each one's log. */
export interface RecentLogCache {
  /** Gives the slots from `after` on, up to the head, if they are remembered without a hole and are fresh. */
  get(room: string, after: number, now: number): readonly EntryIdentity[] | undefined;
  /** Remembers an unbroken, ascending run of slots that ended at the head at the time `now`. */
  remember(room: string, run: readonly EntryIdentity[], now: number): void;
  /** Whether a room was found to be too large to be fanned out in a reply, a short while ago. */
  isLarge(room: string, now: number): boolean;
  markLarge(room: string, now: number): void;
}
