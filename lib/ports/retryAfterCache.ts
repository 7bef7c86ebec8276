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
