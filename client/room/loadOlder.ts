import { notJoined, toError } from '../clientContext';
import { OLDER_WITHIN_MS } from '../constants';
import { type Later, later } from '../util/deferred';
import type { Desk } from './roomContext';

/** Makes `loadOlder`: it goes back in a room's history one page at a time; calls at the same time share a page. */
export function createHistory(room: Desk): () => Promise<boolean> {
  let running: Later<boolean> | undefined;

  return () => {
    if (running) return running.promise;
    const { timeline, read } = room.log();
    const before = timeline.olderThan();
    if (before === undefined) return Promise.resolve(false);
    if (!room.link()) return Promise.reject(notJoined());

    const asked = later<boolean>();
    running = asked;
    const stopWaiting = room.clock.after(OLDER_WITHIN_MS, () => asked.fail(toError()));
    read({
      from: () => (running === asked ? { before } : undefined),
      take(page) {
        timeline.prepend(page, before);
        running = undefined;
        asked.fulfil(timeline.olderThan() !== undefined);
        return false;
      },
      refused: asked.fail,
    });
    const done = (): void => {
      if (running === asked) running = undefined;
      stopWaiting();
    };
    asked.promise.then(done, done);
    return asked.promise;
  };
}
