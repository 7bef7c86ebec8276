import type { SlowReaders } from '../ports/slowReaders';
import { setBounded } from '../util/boundedMap';

/** A reader counts as slow for this long, in milliseconds; every further refusal prolongs it. */
const SLOW_TTL_MS = 60_000;
const MAX_READERS = 500;

/** Creates the memory of one container. */
export function createSlowReaders(): SlowReaders {
  const readers = new Map<string, { since: number; isSlow: boolean }>();
  const find = (connection: string, now: number) => {
    const found = readers.get(connection);
    return found && Math.abs(now - found.since) < SLOW_TTL_MS ? found : undefined;
  };
  return {
    isSlow: (connection, now) => find(connection, now)?.isSlow ?? false,
    isSuspect: (connection, now) => find(connection, now) !== undefined,
    suspect(connection, now) {
      const isSlow = find(connection, now) !== undefined;
      setBounded(readers, connection, { since: now, isSlow }, MAX_READERS);
    },
    record: (connection, now) => setBounded(readers, connection, { since: now, isSlow: true }, MAX_READERS),
    forget: (connection) => void readers.delete(connection),
  };
}
