import type { Cancel, Clock } from '../platform/platform';

/** After this time without a waiting request, requests run at once again. */
const RESET_MS = 10_000;
const MAX_WAIT_MS = 60_000;

/**
 * Spaces out the requests of all rooms that draw on one rate limit. Requests run at once until the server refuses
 * one; from then on one request runs in each of the intervals that the server asked for.
 */
export interface Pacer {
  /** Runs a request when its turn comes; the function it returns removes it from the queue. */
  run(request: () => void): Cancel;
  /** The server refused a request and asked for this wait. */
  slowDown(waitMs: number): void;
}

export function createPacer(clock: Clock): Pacer {
  let waiting: (() => void)[] = [];
  let isScheduled = false;
  let intervalMs = 0;
  let nextAt = 0;

  const schedule = (): void => {
    if (isScheduled || waiting.length === 0) return;
    isScheduled = true;
    clock.after(Math.max(0, nextAt - clock.now()), () => {
      isScheduled = false;
      // A refusal may have moved the time meanwhile.
      if (clock.now() >= nextAt) runNext();
      schedule();
    });
  };

  const runNext = (): void => {
    const [next] = waiting;
    if (!next) return;
    waiting = waiting.slice(1);
    nextAt = clock.now() + intervalMs;
    next();
  };

  return {
    run(request) {
      const now = clock.now();
      if (now > nextAt + RESET_MS) intervalMs = 0;
      // A clock that was set back must not stop the requests.
      nextAt = Math.min(nextAt, now + MAX_WAIT_MS);
      waiting.push(request);
      if (waiting.length === 1 && now >= nextAt) runNext();
      else schedule();
      return () => {
        waiting = waiting.filter((other) => other !== request);
      };
    },
    slowDown(waitMs) {
      intervalMs = Math.min(MAX_WAIT_MS, Math.max(intervalMs, waitMs));
      nextAt = Math.max(nextAt, clock.now() + waitMs);
    },
  };
}
