import type { EntryIdentity } from '../ports/logStore';
import type { RecentLogCache } from '../ports/recentLogCache';
import { setBounded } from '../util/boundedMap';

/** How long a remembered head may be trusted, in milliseconds: far below the hour a superseded row lives. */
const CACHE_TTL_MS = 60_000;
const MAX_ENTRIES = 500;
const MAX_ROOMS = 200;

interface CachedRun {
  run: readonly EntryIdentity[];
  at: number;
}

export function createRecentLogCache(): RecentLogCache {
  const rooms = new Map<string, CachedRun>();
  const largeSince = new Map<string, number>();

  return {
    get(room, after, now) {
      const known = rooms.get(room);
      const first = known?.run[0];
      const last = known?.run.at(-1);
      if (!known || !first || !last || Math.abs(now - known.at) >= CACHE_TTL_MS) return undefined;
      if (after < first.seq - 1 || after > last.seq) return undefined;
      return known.run.slice(Math.max(0, after - first.seq));
    },

    remember(room, run, now) {
      if (run.length === 0) return;
      const joined = join(rooms.get(room)?.run ?? [], run).slice(-MAX_ENTRIES);
      setBounded(rooms, room, { run: joined, at: now }, MAX_ROOMS);
    },

    isLarge(room, now) {
      const since = largeSince.get(room);
      return since !== undefined && Math.abs(now - since) < CACHE_TTL_MS;
    },

    markLarge(room, now) {
      setBounded(largeSince, room, now, MAX_ROOMS);
    },
  };
}

/** Joins two runs that touch or overlap; of two that do not, keeps the one with the higher head. */
function join(a: readonly EntryIdentity[], b: readonly EntryIdentity[]): readonly EntryIdentity[] {
  const [low, high] = firstSeq(a) <= firstSeq(b) ? [a, b] : [b, a];
  const end = low.at(-1)?.seq ?? 0;
  if (low.length > 0 && firstSeq(high) <= end + 1) return [...low, ...high.filter((slot) => slot.seq > end)];
  return high;
}

function firstSeq(run: readonly EntryIdentity[]): number {
  return run[0]?.seq ?? Number.NEGATIVE_INFINITY;
}
