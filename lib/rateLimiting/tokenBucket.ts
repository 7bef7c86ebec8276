import type { Charge, Way } from '../ports/tokenBucketCharge';

/**
 * Token bucket as one timestamp (GCRA, ITU-T I.371): the time at which the bucket is full again.
 * A frame moves it forward by its cost; it may lie at most the burst ahead of now.
 */
export interface Rate {
  bucket: Charge['bucket'];
  burst: number;
  perSecond: number;
}

/** Sends of one connection, unless the deployment says otherwise. */
export const SENDS_PER_SECOND = 5;
export const SYNCS: Rate = { bucket: 'syncs', burst: 100, perSecond: 10 };
/** A client tells it once in 3 seconds, and once more after each message of its user. */
export const TYPING: Rate = { bucket: 'typing', burst: 4, perSecond: 0.5 };
/** Each reads the members of the room, and is posted to all of them. */
export const SIGNALS: Rate = { bucket: 'signals', burst: 10, perSecond: 2 };
/** A stream of a text is read as it comes at this rate. */
export const DRAFTS: Rate = { bucket: 'drafts', burst: 10, perSecond: 5 };

/** Clocks of containers differ; a bucket further ahead than this beyond its burst was filled by a wrong clock. */
export const MAX_CLOCK_SKEW_MS = 5_000;

/** Gives the rate of sends: `perSecond`, and a burst of four seconds of it. */
export function sendRate(perSecond: number): Rate {
  return { bucket: 'sends', burst: 4 * perSecond, perSecond };
}

export function createCharge({ bucket, burst, perSecond }: Rate, now: number, tokens = 1): Charge {
  const tokenMs = 1000 / perSecond;
  return { bucket, now, costMs: tokenMs * tokens, burstMs: tokenMs * burst };
}

/**
 * Decides on a charge of a bucket at `fullAt`: `restart` from now, `advance` by the cost, or a refusal with its wait
 * in milliseconds.
 */
export function takeToken(
  fullAt: number | undefined,
  { now, costMs, burstMs }: Charge,
): Way | { retryAfterMs: number } {
  if (fullAt === undefined || fullAt < now || fullAt > clockSkewLimit({ now, burstMs })) return 'restart';
  const room = now + burstMs - costMs;
  return fullAt <= room ? 'advance' : { retryAfterMs: Math.ceil(fullAt - room) };
}

/** The position above which a bucket can only come from a wrong clock, in milliseconds since the epoch. */
export function clockSkewLimit({ now, burstMs }: Pick<Charge, 'now' | 'burstMs'>): number {
  return now + burstMs + MAX_CLOCK_SKEW_MS;
}
