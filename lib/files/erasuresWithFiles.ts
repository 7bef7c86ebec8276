import type { ErasureStore } from '../ports/erasureStore';
import type { FileStore } from '../ports/fileStore';
import type { LogStore } from '../ports/logStore';
import { removeFilesAt } from './removeFilesAt';

/** Adds files to erasures: those of a message are removed before its row loses their names. */
export function erasuresWithFiles(erasures: ErasureStore, log: LogStore, files: FileStore): ErasureStore {
  return {
    ...erasures,
    async erase(room, slot) {
      if (!slot.isChange) await removeFilesAt(log, files, room, slot.seq);
      return erasures.erase(room, slot);
    },
  };
}
