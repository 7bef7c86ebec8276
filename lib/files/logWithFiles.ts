import type { FileStore } from '../ports/fileStore';
import type { LogStore } from '../ports/logStore';
import { settleAll } from '../util/settleAll';
import { keysOf, removeFilesAt } from './removeFilesAt';

/**
 * Adds files to a log. To apply a new message is to keep its files; to apply a deletion is to remove those of its
 * target first. Both may be repeated: until they are done, the entry is pending, and no client is told of it.
 */
export function logWithFiles(log: LogStore, files: FileStore): LogStore {
  return {
    ...log,

    async applyChange(room, change) {
      if (change.type === 'message') await settleAll(...keysOf(room, change).map((key) => files.keep(key)));
      if (change.type === 'deleted') await removeFilesAt(log, files, room, change.of);
      return log.applyChange(room, change);
    },
  };
}
