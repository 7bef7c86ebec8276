import type { SlowReaders } from '../ports/slowReaders';
import { setBounded } from '../util/boundedMap';

/** A reader that was given up counts as slow for this long, in milliseconds; every further refusal prolongs it. */
const SLOW_TTL_MS = 10_000;
const MAX_READERS = 500;

export function createSlowReaders(): SlowReaders {
  const since = new Map<string, number>();
  return {
    isSlow(connection, now) {
      const recorded = since.get(connection);
      return recorded !== undefined && Math.abs(now - recorded) < SLOW_TTL_MS;
    },
    record: (connection, now) => setBounded(since, connection, now, MAX_READERS),
    forget: (connection) => void since.delete(connection),
  };
}
