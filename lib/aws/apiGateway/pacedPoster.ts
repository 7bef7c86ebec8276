import type { Clock } from '../../ports/clock';
import type { Poster } from '../../ports/poster';

/** The part of the account's quota one container takes at most: its other requests count against it too. */
const SHARE = 0.9;
/** API Gateway's bucket holds half a second of its rate: 5,000 at 10,000 a second, 1,250 at 2,500. */
const BURST_MS = 500;
/** A post that did not get through counts as this many more. */
const FAILURE_COSTS = 20;
/** A timer cannot wait for less, in milliseconds; what is passed over adds up for the next post. */
const MIN_WAIT_MS = 1;
/** However many failed, a post waits no longer than this, in milliseconds. */
const MAX_WAIT_MS = 1_000;

/**
 * Holds posts below a quota of requests per second, by a token bucket kept as one timestamp (see tokenBucket.ts). A
 * post that failed (429, 5xx, no answer) may mean that the account's own bucket is empty. It therefore empties this
 * bucket and slows the next posts. They slow to a twentieth where all fail, and hardly where one reader is slow.
 */
export function createPacedPoster(poster: Poster, quota: number, clock: Clock): Poster {
  const costMs = 1000 / (quota * SHARE);
  let fullAt = 0;

  const take = (): number => {
    const now = clock.now();
    // A clock that was set back must not hold posts up.
    if (fullAt < now || fullAt > now + BURST_MS + 2 * MAX_WAIT_MS) fullAt = now;
    fullAt += costMs;
    return fullAt - now - BURST_MS;
  };
  const slowDown = (): void => {
    const now = clock.now();
    const emptied = Math.max(fullAt, now + BURST_MS);
    fullAt = Math.min(emptied + FAILURE_COSTS * costMs, now + BURST_MS + MAX_WAIT_MS);
  };

  return {
    close: (connection) => poster.close(connection),
    prepare(frame) {
      const post = poster.prepare(frame);
      return async (connection) => {
        const waitMs = take();
        if (waitMs >= MIN_WAIT_MS) await clock.wait(waitMs);
        const delivery = await post(connection);
        if (delivery === 'retry' || delivery === 'throttled') slowDown();
        return delivery;
      };
    },
  };
}
