import type { ChatError } from '../errors';

/** Whether the app wants to be in a room, and who waits to hear that it is. */
export interface Entrance {
  readonly isAsked: boolean;
  /** Why the server refused the room the last time. */
  readonly error: ChatError | undefined;
  ask(): Promise<void>;
  /** The room is joined. */
  open(): void;
  /** The app does not ask any more, or cannot have it. */
  close(reason: ChatError, isRefusal?: boolean): void;
}

export function createEntrance(): Entrance {
  let isAsked = false;
  let error: ChatError | undefined;
  let waiters: { resolve(): void; reject(error: ChatError): void }[] = [];

  const takeWaiters = (): typeof waiters => {
    const all = waiters;
    waiters = [];
    return all;
  };

  return {
    get isAsked() {
      return isAsked;
    },
    get error() {
      return error;
    },
    ask() {
      isAsked = true;
      error = undefined;
      const entered = new Promise<void>((resolve, reject) => waiters.push({ resolve, reject }));
      // The snapshot tells of a refusal as well: an app that does not look at the promise must not crash.
      entered.catch(() => {});
      return entered;
    },
    open() {
      for (const waiter of takeWaiters()) waiter.resolve();
    },
    close(reason, isRefusal = false) {
      isAsked = false;
      error = isRefusal ? reason : undefined;
      for (const waiter of takeWaiters()) waiter.reject(reason);
    },
  };
}
