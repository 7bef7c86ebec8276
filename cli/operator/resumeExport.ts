import { type FileHandle, open, stat } from 'node:fs/promises';
import { CommandError, EXIT } from '../commandLine/exitCodes';

const NEWLINE = 0x0a;
const BLOCK = 64 * 1024;

/**
 * Prepares a file to be continued: removes an incomplete last line, and gives the seq of the line before it, 0 for a
 * file without lines. @throws CommandError when the file is no export or cannot be written.
 */
export async function resumeAt(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile() || found.size === 0) return 0;
  const file = await openForExport(path, 'r+');
  try {
    let tail = Buffer.alloc(0);
    for (let from = found.size; from > 0; ) {
      const length = Math.min(BLOCK, from);
      from -= length;
      const { buffer } = await file.read(Buffer.alloc(length), 0, length, from);
      tail = Buffer.concat([buffer, tail]);
      const end = tail.lastIndexOf(NEWLINE);
      const start = tail.lastIndexOf(NEWLINE, end - 1);
      if (end < 1 || (start < 0 && from > 0)) continue;
      await file.truncate(from + end + 1);
      return seqOf(tail.subarray(start + 1, end).toString(), path);
    }
    await file.truncate(0);
    return 0;
  } finally {
    await file.close();
  }
}

/** Opens the file of an export. @throws CommandError when that is not possible. */
export function openForExport(path: string, flags: 'r+' | 'a'): Promise<FileHandle> {
  return open(path, flags).catch((error: Error) => {
    throw new CommandError(EXIT.failed, `--out: ${error.message}.`);
  });
}

function seqOf(line: string, path: string): number {
  try {
    const { seq } = JSON.parse(line) as { seq?: unknown };
    if (typeof seq === 'number') return seq;
  } catch {
    // The line below reports it.
  }
  throw new CommandError(EXIT.failed, `${path} is no export of a room: its last line has no seq.`);
}
