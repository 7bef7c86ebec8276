import type { ChatError } from '../errors';
import { type Later, later } from '../later';

/** Whether the app wants to be in a room, and who waits to hear that it is. */
export interface Entrance {
  isAsked: boolean;
  /** Why the server refused the room the last time. */
  error: ChatError | undefined;
  ask(): Promise<void>;
  /** The room is joined. */
  open(): void;
  /** The app does not ask any more, or cannot have it. */
  close(reason: ChatError, isRefusal?: boolean): void;
}

export function createEntrance(): Entrance {
  let entered: Later<void> | undefined;

  const entrance: Entrance = {
    isAsked: false,
    error: undefined,
    ask() {
      entrance.isAsked = true;
      entrance.error = undefined;
      entered ??= later();
      return entered.promise;
    },
    open() {
      entered?.resolve();
      entered = undefined;
    },
    close(reason, isRefusal) {
      entrance.isAsked = false;
      entrance.error = isRefusal ? reason : undefined;
      entered?.reject(reason);
      entered = undefined;
    },
  };
  return entrance;
}
