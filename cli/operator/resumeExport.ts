import { open, stat } from 'node:fs/promises';

const NEWLINE = 0x0a;
const BLOCK = 64 * 1024;

/**
 * Prepares a file to be continued: cuts off a last line that was torn, and gives the seq of the one before it, 0 for
 * a file that has none. @throws Error when the file is no export.
 */
export async function resumeAt(path: string): Promise<number> {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (size === 0) return 0;
  const file = await open(path, 'r+');
  try {
    let tail = Buffer.alloc(0);
    for (let from = size; from > 0; ) {
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

function seqOf(line: string, path: string): number {
  try {
    const { seq } = JSON.parse(line) as { seq?: unknown };
    if (typeof seq === 'number') return seq;
  } catch {
    // Said below.
  }
  throw new Error(`${path} is no export of a room: its last line has no seq.`);
}
