/** Older messages of a room. */

import { OLDER_TIMEOUT_MS } from './common/constants';
import type { Room } from './common/roomTypes';
import { notJoined, toError } from './connection/requestErrors';
import { contextOf } from './room/roomContext';
import { prependPage } from './timeline/prependPage';
import { createDeferred, type Deferred } from './util/deferred';

const loading = new WeakMap<Room, Deferred<boolean>>();

/**
 * Adds the page of messages before the first one of `room.snapshot`; tells whether there are still older ones. Calls at
 * the same time share a page. Rejects with `notJoined` while the room is not joined.
 */
export function loadOlder(room: Room): Promise<boolean> {
  const known = loading.get(room);
  if (known) return known.promise;
  const { clock, connection, log } = contextOf(room);
  const { window, read } = log();
  const before = window.olderThan();
  if (before === undefined) return Promise.resolve(false);
  if (!connection()) return Promise.reject(notJoined());

  const asked = createDeferred<boolean>();
  loading.set(room, asked);
  const isAsked = (): boolean => loading.get(room) === asked;
  const stopWaiting = clock.after(OLDER_TIMEOUT_MS, () => asked.reject(toError()));
  read({
    nextPosition: () => (isAsked() ? { before } : undefined),
    onPage(page) {
      prependPage(window, page, before);
      loading.delete(room);
      asked.resolve(window.olderThan() !== undefined);
      return false;
    },
    onRefused: asked.reject,
  });
  const done = (): void => {
    if (isAsked()) loading.delete(room);
    stopWaiting();
  };
  asked.promise.then(done, done);
  return asked.promise;
}
