import { notJoined, toError } from '../core';
import { type Later, later } from '../later';
import type { Desk } from './desk';

/** Older messages are waited for this long, in milliseconds. */
const COMES_WITHIN_MS = 60_000;

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
    const stopWaiting = room.clock.after(COMES_WITHIN_MS, () => asked.reject(toError()));
    read({
      from: () => (running === asked ? { before } : undefined),
      take(page) {
        timeline.prepend(page, before);
        asked.resolve(timeline.olderThan() !== undefined);
        return false;
      },
      refused: asked.reject,
    });
    return asked.promise.finally(() => {
      running = undefined;
      stopWaiting();
    });
  };
}
