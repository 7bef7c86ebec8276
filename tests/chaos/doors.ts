/** Lets at most so many in at a time, first come first served. */
export interface Doors {
  /** Gives what to call on leaving. */
  enter(): Promise<() => void>;
  /** From now on so many; those who are in may stay. */
  resize(width: number): void;
}

export function createDoors(first: number): Doors {
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
