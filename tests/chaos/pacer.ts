import { createConcurrencyLimiter } from '../../lib/fanOut/concurrencyLimiter';

const LEAST = 4;
const FIRST = 8;
const MOST = 48;
/** Times of this many messages are looked at, in milliseconds: below the first there is room, above the second not. */
const RECENT = 40;
const QUICK_MS = 500;
const SLOW_MS = 1_000;

/**
 * Lets as many talk at a time as the machine bears. A stack that is too slow answers after the 2 s of the clients'
 * repeats, which add load. That would test the machine.
 */
export interface Pacer {
  /** Gives what to call when the talking is over. */
  enter(): Promise<() => void>;
}

/** Goes by the median of the latest times, which faults hardly touch: they strike the fewer. */
export function createPacer(ackMs: readonly number[]): Pacer {
  const limiter = createConcurrencyLimiter();
  let width = FIRST;
  let seen = 0;
  limiter.widen(width);

  const adapt = (): void => {
    if (ackMs.length < seen + RECENT) return;
    seen = ackMs.length;
    const recent = ackMs.slice(-RECENT).sort((a, b) => a - b);
    const median = recent[RECENT / 2] ?? 0;
    if (median > SLOW_MS) width = Math.max(LEAST, Math.floor(width * 0.75));
    if (median < QUICK_MS) width = Math.min(MOST, width + 2);
    limiter.widen(width);
  };

  return {
    async enter() {
      await limiter.enter();
      return () => {
        adapt();
        limiter.leave();
      };
    },
  };
}
