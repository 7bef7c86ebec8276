import type { ReactionState } from '../ports/reactionStore';

/** Between two entries of a message, in milliseconds. The sets of many users are read less often. */
const MIN_INTERVAL_MS = 1_000;
const MAX_INTERVAL_MS = 5_000;

/** A change that no entry holds for so long was left by its writer, in milliseconds. */
const LEFT_AFTER_MS = 2_000;

/** The time between two entries of a message, in milliseconds. */
export function intervalOf({ reactors }: Pick<ReactionState, 'reactors'>): number {
  return Math.min(MAX_INTERVAL_MS, Math.max(MIN_INTERVAL_MS, reactors));
}

/**
 * Tells how long the writer of a change waits before it claims the next entry, in milliseconds; `undefined` leaves the
 * change to another. The first change after a claim waits for the ones that come while it waits. Servers' clocks
 * differ, so no wait is longer than the interval.
 */
export function waitOf(state: ReactionState, now: number): number | undefined {
  const waitMs = (state.next ?? now) - now;
  if (waitMs <= 0) return 0;
  return state.k === state.claimed + 1 ? Math.min(waitMs, intervalOf(state)) : undefined;
}

/** Tells whether changes were left without an entry: their writer ended between two steps. */
export function isLeft({ k, done, next = 0, changedAt }: ReactionState, now: number): boolean {
  return k > done && now >= next && now - changedAt >= LEFT_AFTER_MS;
}
