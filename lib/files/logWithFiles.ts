import type { FileStore } from '../ports/fileStore';
import type { LogStore } from '../ports/logStore';
import type { MessageEntry } from '../protocol';
import { settleAll } from '../util/settleAll';
import { fileKey } from './fileKey';

/** At this time nothing has expired. */
const EVER = 0;

/**
 * Adds files to a log. To apply a new message is to keep its files; to apply a deletion is to remove those of its
 * target first. Both may be repeated: until they are done, the entry is pending, and no client is told of it.
 */
export function logWithFiles(log: LogStore, files: FileStore): LogStore {
  return {
    ...log,

    async applyChange(room, change) {
      if (change.type === 'message') await settleAll(...keysOf(room, change).map((key) => files.keep(key)));
      if (change.type === 'deleted') {
        const [target] = await log.readRows(room, [change.of], EVER);
        const message = target?.type === 'pending' ? target.change : target;
        if (message?.type === 'message')
          await settleAll(...keysOf(room, message).map((key) => files.remove(key)));
      }
      return log.applyChange(room, change);
    },
  };
}

/** Gives the keys of a message's files. */
export function keysOf(room: string, { files = [], from }: MessageEntry): string[] {
  return files.map(({ id }) => fileKey(from.id, room, id));
}
