/** Lets a limited number of callers in at a time, in the order of their calls. */
export interface Turnstile {
  /** Resolves with the function to call on leaving. */
  enter(): Promise<() => void>;
  /** Changes the number; callers that are inside may stay. */
  resize(width: number): void;
}

export function createTurnstile(first: number): Turnstile {
  const waiting: (() => void)[] = [];
  let width = first;
  let inside = 0;

  const admit = (): void => {
    while (inside < width) {
      const next = waiting.shift();
      if (!next) return;
      inside++;
      next();
    }
  };
  const leave = (): void => {
    inside--;
    admit();
  };

  return {
    async enter() {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        admit();
      });
      return leave;
    },
    resize(next) {
      width = next;
      admit();
    },
  };
}
