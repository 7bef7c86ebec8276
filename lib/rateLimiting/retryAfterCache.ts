import { keepNewest } from '../util/boundedMap';

/** So many are remembered at a time; those told longest ago are forgotten first. */
const MOST_REMEMBERED = 500;

/**
 * Remembers in this container who was told to wait, and until when. A bucket that had no room has none before that, so
 * who does not wait is told again without asking the database.
 */
export interface Brake {
  /** How much longer somebody has to wait, in milliseconds; 0 for who need not. */
  left(who: string, now: number): number;
  /** Somebody was told to wait so long. */
  told(who: string, waitMs: number, now: number): void;
}

export function createBrake(): Brake {
  const until = new Map<string, number>();
  return {
    left: (who, now) => Math.max(0, (until.get(who) ?? now) - now),
    told: (who, waitMs, now) => keepNewest(until, who, now + waitMs, MOST_REMEMBERED),
  };
}
