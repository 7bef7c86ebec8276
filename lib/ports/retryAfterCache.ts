/**
 * Caches rate-limit refusals, so that repeats need no database call. A bucket without tokens has none before the end
 * of the wait.
 */
export interface RetryAfterCache {
  /** The remaining wait of a key in milliseconds, or 0. */
  remainingMs(who: string, now: number): number;
  /** Records a refusal with its wait. */
  record(who: string, waitMs: number, now: number): void;
}
