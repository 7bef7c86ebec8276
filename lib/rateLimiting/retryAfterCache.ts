import { setBounded } from '../util/boundedMap';

/** So many are remembered at a time; those told longest ago are forgotten first. */
const MAX_ENTRIES = 500;

/**
 * Remembers in this container who was told to wait, and until when. A bucket that had no room has none before that, so
 * who does not wait is told again without asking the database.
 */
export interface RetryAfterCache {
  /** How much longer somebody has to wait, in milliseconds; 0 for who need not. */
  remainingMs(who: string, now: number): number;
  /** Somebody was told to wait so long. */
  record(who: string, waitMs: number, now: number): void;
}

export function createRetryAfterCache(): RetryAfterCache {
  const until = new Map<string, number>();
  return {
    remainingMs: (who, now) => Math.max(0, (until.get(who) ?? now) - now),
    record: (who, waitMs, now) => setBounded(until, who, now + waitMs, MAX_ENTRIES),
  };
}
