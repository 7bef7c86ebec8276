import { OLDER_TIMEOUT_MS } from '../common/constants';
import { notJoined, toError } from '../connection/requestErrors';
import { createDeferred, type Deferred } from '../util/deferred';
import type { RoomContext } from './roomContext';

/**
 * Creates `loadOlder`, which reads a room's history backwards, a page at a time. Calls at the same time share a page.
 */
export function createOlderLoader(room: RoomContext): () => Promise<boolean> {
  let running: Deferred<boolean> | undefined;

  return () => {
    if (running) return running.promise;
    const { window, read } = room.log();
    const before = window.olderThan();
    if (before === undefined) return Promise.resolve(false);
    if (!room.connection()) return Promise.reject(notJoined());

    const asked = createDeferred<boolean>();
    running = asked;
    const stopWaiting = room.clock.after(OLDER_TIMEOUT_MS, () => asked.reject(toError()));
    read({
      nextPosition: () => (running === asked ? { before } : undefined),
      onPage(page) {
        window.prepend(page, before);
        running = undefined;
        asked.resolve(window.olderThan() !== undefined);
        return false;
      },
      onRefused: asked.reject,
    });
    const done = (): void => {
      if (running === asked) running = undefined;
      stopWaiting();
    };
    asked.promise.then(done, done);
    return asked.promise;
  };
}
