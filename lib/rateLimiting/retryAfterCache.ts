import type { RetryAfterCache } from '../ports/retryAfterCache';
import { setBounded } from '../util/boundedMap';

/** Maximum number of entries. The oldest is removed first. */
const MAX_ENTRIES = 500;

export function createRetryAfterCache(): RetryAfterCache {
  const until = new Map<string, number>();
  return {
    remainingMs: (who, now) => Math.max(0, (until.get(who) ?? now) - now),
    record: (who, waitMs, now) => setBounded(until, who, now + waitMs, MAX_ENTRIES),
  };
}
