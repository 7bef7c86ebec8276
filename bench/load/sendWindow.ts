/** Acknowledgements slower than this, in milliseconds, shrink the window. The client repeats a send after 5 s. */
const TARGET_MS = 1_000;
const MIN_SIZE = 2;

/** Limits the unacknowledged sends of a run, so that the load falls to what the stack carries. */
export interface SendWindow {
  readonly hasSpace: boolean;
  start(): void;
  /** A send was decided at `now` after `tookMs`. */
  end(tookMs: number, now: number): void;
}

/**
 * Grows with each quick answer, from the first slow one on by one a window, and halves at slow answers: as TCP's
 * congestion window does.
 */
export function createSendWindow(rate: number): SendWindow {
  const maxSize = Math.max(MIN_SIZE, (rate * TARGET_MS) / 1000);
  let size = Math.min(maxSize, Math.max(MIN_SIZE, rate / 10));
  let underWay = 0;
  let shrunkAt = Number.NEGATIVE_INFINITY;
  return {
    get hasSpace() {
      return underWay < size;
    },
    start() {
      underWay++;
    },
    end(tookMs, now) {
      underWay--;
      const isStarting = shrunkAt === Number.NEGATIVE_INFINITY;
      if (tookMs <= TARGET_MS) size = Math.min(maxSize, size + (isStarting ? 1 : 1 / size));
      // Sends that were started before the last shrinking tell nothing about the smaller window.
      else if (now - tookMs >= shrunkAt) {
        size = Math.max(MIN_SIZE, size / 2);
        shrunkAt = now;
      }
    },
  };
}
