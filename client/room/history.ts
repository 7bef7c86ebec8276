import type { Failure } from '../../lib/protocol';
import { type Core, toError } from '../core';
import { ChatError } from '../errors';
import { type Later, later } from '../later';
import type { Desk } from '../log/reader';
import type { Timeline } from '../log/timeline';

/** Older messages are waited for this long, in milliseconds. */
const COMES_WITHIN_MS = 60_000;

/** Makes `loadOlder`: it goes back in a room's history one page at a time; calls at the same time share a page. */
export function createHistory(
  core: Core,
  room: Desk,
  timelineNow: () => Timeline,
  changed: () => void,
): () => Promise<boolean> {
  let running: Later<boolean> | undefined;

  return () => {
    const timeline = timelineNow();
    const before = timeline.oldest();
    if (running) return running.promise;
    if (!timeline.hasOlder() || before === undefined) return Promise.resolve(false);
    if (!room.link()) return Promise.reject(new ChatError('notJoined', 'Wait until the room is joined.'));

    const asked = later<boolean>();
    running = asked;
    const refused = (failure?: Failure): void => asked.reject(toError(failure));
    const stopWaiting = core.clock.after(COMES_WITHIN_MS, refused);
    room.read({
      from: () => (running === asked ? { before } : undefined),
      take(page) {
        timeline.prepend(page, before);
        changed();
        asked.resolve(timeline.hasOlder());
        return false;
      },
      refused,
    });
    return asked.promise.finally(() => {
      running = undefined;
      stopWaiting();
    });
  };
}
