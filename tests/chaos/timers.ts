/** Timers of one run, all of which end with it. */
export interface Timers {
  after(ms: number, run: () => void): void;
  wait(ms: number): Promise<void>;
  /** Ends every wait now; what was to run later is not run. */
  stop(): void;
}

export function createTimers(): Timers {
  const running = new Map<NodeJS.Timeout, () => void>();

  const start = (ms: number, run: () => void, stopped: () => void): void => {
    const timer = setTimeout(() => {
      running.delete(timer);
      run();
    }, ms);
    running.set(timer, stopped);
  };

  return {
    after: (ms, run) => start(ms, run, () => {}),
    wait: (ms) => new Promise((resolve) => start(ms, resolve, resolve)),
    stop() {
      for (const [timer, stopped] of running) {
        clearTimeout(timer);
        stopped();
      }
      running.clear();
    },
  };
}
