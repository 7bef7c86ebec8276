/** Work that is taken in order, so much of it at a time. */
export interface ConcurrencyQueue<T> {
  take(item: T): void;
  /** Forgets what has not begun. */
  drop(): void;
}

/** Runs at most `most` tasks at a time. Reports when a task has to wait, when none has to any more, and failures. */
export function createConcurrencyQueue<T>(
  most: number,
  act: (item: T) => Promise<void>,
  tell: { behind(): void; level(): void; failed(error: unknown): void },
): ConcurrencyQueue<T> {
  const waiting: T[] = [];
  let running = 0;

  const begin = async (item: T): Promise<void> => {
    running++;
    await act(item).catch(tell.failed);
    running--;
    const next = waiting.shift();
    if (next !== undefined) void begin(next);
    if (waiting.length === 0) tell.level();
  };

  return {
    take(item) {
      if (running < most) return void begin(item);
      waiting.push(item);
      tell.behind();
    },
    drop() {
      waiting.length = 0;
      tell.level();
    },
  };
}
