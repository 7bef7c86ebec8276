import type { GoneStore } from '../ports/goneStore';
import type { LogStore } from '../ports/logStore';

/**
 * Adds to a log what the count of unread messages needs: a deletion is noted before its target loses its words. Noted
 * too early it makes counts dearer, and too late it makes them wrong.
 */
export function logWithGone(log: LogStore, gone: GoneStore): LogStore {
  return {
    ...log,

    async applyChange(room, change) {
      if (change.type === 'deleted') await gone.raise(room, change.of);
      return log.applyChange(room, change);
    },
  };
}
