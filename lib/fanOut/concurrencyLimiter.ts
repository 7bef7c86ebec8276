const CONCURRENCY_PER_ROOT = 8;
const MIN_CONCURRENCY = 4;
const MAX_CONCURRENCY = 256;

/**
 * How many posts to have under way. Each lane needs a connection, and opening a connection costs about twenty posts.
 * `R / K` answers in sequence and `K` handshakes together are fastest where `K` is a multiple of √R. With answers
 * after 10 ms it is about three times. That holds for a cold container. Most messages find open connections and gain
 * from more lanes. With eight times the root, a room of 1,000 has its last post after 79 ms instead of 95
 * (bench:cost).
 */
export function concurrencyFor(recipients: number): number {
  return Math.min(
    MAX_CONCURRENCY,
    Math.max(MIN_CONCURRENCY, Math.ceil(CONCURRENCY_PER_ROOT * Math.sqrt(recipients))),
  );
}

/** Limits how many run at a time, in the order of their calls. */
export interface ConcurrencyLimiter {
  widen(width: number): void;
  enter(): Promise<void> | undefined;
  leave(): void;
}

export function createConcurrencyLimiter(): ConcurrencyLimiter {
  const waiting: (() => void)[] = [];
  let width = 0;
  let taken = 0;
  const startNext = (): void => {
    while (taken < width) {
      const next = waiting.shift();
      if (!next) return;
      taken++;
      next();
    }
  };
  return {
    widen(wanted) {
      width = wanted;
      startNext();
    },
    enter() {
      if (taken >= width) return new Promise((resolve) => waiting.push(resolve));
      taken++;
      return undefined;
    },
    leave() {
      taken--;
      startNext();
    },
  };
}
