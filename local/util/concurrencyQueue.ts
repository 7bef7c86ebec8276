/** Work that is taken in order, so much of it at a time. */
export interface Turns<T> {
  take(item: T): void;
  /** Forgets what has not begun. */
  drop(): void;
}

/** Does at most `most` things at a time; tells when something has to wait, when nothing has to any more, and what failed. */
export function inTurns<T>(
  most: number,
  act: (item: T) => Promise<void>,
  tell: { behind(): void; level(): void; failed(error: unknown): void },
): Turns<T> {
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
