import type { Cancel, Clock } from '../common/platform';

/** After this time without a waiting request, requests run at once again. */
const RESET_MS = 10_000;
/** Even before a refusal: 50 rooms must not all be refused before the first refusal arrives. */
const MIN_INTERVAL_MS = 10;
/** A wait may be long because clocks differ: it is kept once, but says little about the rate. */
const MAX_INTERVAL_MS = 1_000;
/** Requests that were sent at once are refused at once: together they lengthen the interval by this factor, once. */
const GROWTH = 1.2;
/** Each request that is served shortens the interval by this factor. */
const SHRINKAGE = 0.97;
const GROWTH_INTERVAL_MS = 300;

/**
 * Spaces out the requests of all rooms that draw on one rate limit. They run almost at once until the server refuses a
 * request. From then on, one request runs in each interval that the server asked for.
 */
export interface Pacer {
  /** Runs a request when its turn comes; the function it returns removes it from the queue. */
  run(request: () => void): Cancel;
  /** The server refused a request and asked for this wait. */
  slowDown(waitMs: number): void;
  /** The server served a request. */
  speedUp(): void;
}

/** Creates a pacer. It sends at once until the first refusal. */
export function createPacer(clock: Clock): Pacer {
  let waiting: (() => void)[] = [];
  let isScheduled = false;
  let intervalMs = MIN_INTERVAL_MS;
  let nextAt = 0;
  let growsAt = 0;
  let lastNow = 0;

  /** Reads the clock. Where it was set back, what is to come is as far away as it was before. */
  const readClock = (): number => {
    const now = clock.now();
    const setBackMs = Math.max(0, lastNow - now);
    nextAt -= setBackMs;
    growsAt -= setBackMs;
    lastNow = now;
    return now;
  };

  const schedule = (): void => {
    if (isScheduled || waiting.length === 0) return;
    isScheduled = true;
    clock.after(Math.max(0, nextAt - readClock()), () => {
      isScheduled = false;
      // A refusal may have moved the time meanwhile.
      const isDue = readClock() >= nextAt;
      if (isDue) runNext();
      schedule();
    });
  };

  const runNext = (): void => {
    const next = waiting.shift();
    if (!next) return;
    nextAt = readClock() + intervalMs;
    next();
  };

  return {
    run(request) {
      const now = readClock();
      if (now > nextAt + RESET_MS) intervalMs = MIN_INTERVAL_MS;
      waiting.push(request);
      if (waiting.length === 1 && now >= nextAt) runNext();
      else schedule();
      return () => {
        waiting = waiting.filter((other) => other !== request);
      };
    },
    slowDown(waitMs) {
      const now = readClock();
      if (now >= growsAt) {
        intervalMs *= GROWTH;
        growsAt = now + GROWTH_INTERVAL_MS;
      }
      intervalMs = Math.min(MAX_INTERVAL_MS, Math.max(intervalMs, waitMs));
      nextAt = Math.max(nextAt, now + waitMs);
    },
    speedUp() {
      intervalMs = Math.max(MIN_INTERVAL_MS, intervalMs * SHRINKAGE);
    },
  };
}
