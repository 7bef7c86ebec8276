import type { FileStore } from '../ports/fileStore';
import { type LogStore, NOTHING_EXPIRED } from '../ports/logStore';
import type { MessageEntry } from '../protocol';
import { settleAll } from '../util/settleAll';
import { fileKey, tileKey } from './fileKey';

/** Removes the files of the message at a seq, if there is a message with files. */
export async function removeFilesAt(
  log: LogStore,
  files: FileStore,
  room: string,
  seq: number,
): Promise<void> {
  const [stored] = await log.readRows(room, [seq], NOTHING_EXPIRED);
  const entry = stored?.type === 'pending' ? stored.change : stored;
  if (entry?.type === 'message') await settleAll(...keysOf(room, entry).map((key) => files.remove(key)));
}

/** Gives the keys of a message's files and of their tiles. */
export function keysOf(room: string, { files = [], from }: MessageEntry): string[] {
  return files.flatMap(({ id, tile }) => {
    const key = fileKey(from.id, room, id);
    return tile ? [key, tileKey(key)] : [key];
  });
}
