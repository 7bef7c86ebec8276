import type { ErasureStore } from '../ports/erasureStore';
import type { FileStore } from '../ports/fileStore';
import type { LogStore } from '../ports/logStore';
import { settleAll } from '../util/settleAll';
import { keysOf } from './logWithFiles';

/** At this time nothing has expired. */
const EVER = 0;

/** Adds files to erasures: those of a message are removed before its row loses their names. */
export function erasuresWithFiles(erasures: ErasureStore, log: LogStore, files: FileStore): ErasureStore {
  return {
    ...erasures,
    async erase(room, slot) {
      const [stored] = slot.isChange ? [] : await log.readRows(room, [slot.seq], EVER);
      const entry = stored?.type === 'pending' ? stored.change : stored;
      if (entry?.type === 'message') await settleAll(...keysOf(room, entry).map((key) => files.remove(key)));
      return erasures.erase(room, slot);
    },
  };
}
