import { MAX_CLOCK_SKEW_MS } from './tokenBucket';

/** What a user may consume at once, as the time in which it may be consumed on average. */
export const UNIT_BURST_MS = 40_000;

/** A debt grows to this wait at most. */
export const MAX_DEBT_MS = 300_000;

/** The position above which a bucket of units can only come from a wrong clock, in milliseconds since the epoch. */
export function maxUnitPosition(now: number): number {
  return now + UNIT_BURST_MS + MAX_DEBT_MS + MAX_CLOCK_SKEW_MS;
}

/** Gives the wait of a user whose bucket of units is full again at `fullAt`, in milliseconds; 0 without a debt. */
export function debtOf(fullAt: number | undefined, now: number): number {
  if (fullAt === undefined || fullAt > maxUnitPosition(now)) return 0;
  return Math.max(0, fullAt - now - UNIT_BURST_MS);
}

/** Moves a bucket forward by what was consumed, which no refusal takes back: beyond its burst it becomes a debt. */
export function owe(fullAt: number | undefined, now: number, costMs: number): number {
  const from = fullAt === undefined || fullAt < now || fullAt > maxUnitPosition(now) ? now : fullAt;
  return Math.min(from + costMs, now + UNIT_BURST_MS + MAX_DEBT_MS);
}
