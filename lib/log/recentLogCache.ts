import type { Slot } from '../ports/ports';
import { keepNewest } from '../util/boundedMap';

/** How long a remembered head may be trusted, in milliseconds: far below the hour a superseded row lives. */
const TRUSTED_MS = 60_000;
const MOST_SLOTS = 500;
const MOST_ROOMS = 200;

/** What this container remembers of rooms, so that most sends need no read: the newest part of each one's log. */
export interface RoomMemory {
  /** Gives the slots from `after` on, up to the head, if they are remembered without a hole and are fresh. */
  from(room: string, after: number, now: number): readonly Slot[] | undefined;
  /** Remembers an unbroken, ascending run of slots that ended at the head at the time `now`. */
  learn(room: string, run: readonly Slot[], now: number): void;
  /** Whether a room was found to be too large to be fanned out in a reply, a short while ago. */
  isLarge(room: string, now: number): boolean;
  foundLarge(room: string, now: number): void;
}

interface Remembered {
  run: readonly Slot[];
  at: number;
}

export function createMemory(): RoomMemory {
  const rooms = new Map<string, Remembered>();
  const largeSince = new Map<string, number>();

  return {
    from(room, after, now) {
      const known = rooms.get(room);
      const first = known?.run[0];
      const last = known?.run.at(-1);
      if (!known || !first || !last || Math.abs(now - known.at) >= TRUSTED_MS) return undefined;
      if (after < first.seq - 1 || after > last.seq) return undefined;
      return known.run.slice(Math.max(0, after - first.seq));
    },

    learn(room, run, now) {
      if (run.length === 0) return;
      const joined = join(rooms.get(room)?.run ?? [], run).slice(-MOST_SLOTS);
      keepNewest(rooms, room, { run: joined, at: now }, MOST_ROOMS);
    },

    isLarge(room, now) {
      const since = largeSince.get(room);
      return since !== undefined && Math.abs(now - since) < TRUSTED_MS;
    },

    foundLarge(room, now) {
      keepNewest(largeSince, room, now, MOST_ROOMS);
    },
  };
}

/** Joins two runs that touch or overlap; of two that do not, keeps the one with the higher head. */
function join(a: readonly Slot[], b: readonly Slot[]): readonly Slot[] {
  const [low, high] = firstSeq(a) <= firstSeq(b) ? [a, b] : [b, a];
  const end = low.at(-1)?.seq ?? 0;
  if (low.length > 0 && firstSeq(high) <= end + 1) return [...low, ...high.filter((slot) => slot.seq > end)];
  return high;
}

function firstSeq(run: readonly Slot[]): number {
  return run[0]?.seq ?? Number.NEGATIVE_INFINITY;
}
