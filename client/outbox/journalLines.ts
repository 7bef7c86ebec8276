import type { FileHandle } from 'node:fs/promises';
import type { OutboxRecord } from '../common/outboxTypes';

/** A line of a journal. */
type Line = { put: OutboxRecord } | { remove: string };

/** Writes records to a journal. */
export async function append(journal: FileHandle, records: readonly OutboxRecord[]): Promise<void> {
  await write(journal, ...records.map((record) => ({ put: record })));
}

/** Writes lines to a journal, through to the disk. */
export async function write(journal: FileHandle, ...lines: Line[]): Promise<void> {
  if (lines.length === 0) return;
  // It begins a line as well: a line that a full disk has torn must not damage this one.
  await journal.appendFile(`\n${lines.map((line) => `${JSON.stringify(line)}\n`).join('')}`);
  await journal.datasync();
}

/** Reads a journal. A line that a crash has torn was never acknowledged to the client, and is skipped. */
export function replay(text: string): OutboxRecord[] {
  const records = new Map<string, OutboxRecord>();
  for (const line of text.split('\n').slice(0, -1)) {
    const read = parse(line);
    if (!read) continue;
    if ('put' in read) records.set(read.put.id, read.put);
    else records.delete(read.remove);
  }
  return [...records.values()];
}

function parse(line: string): Line | undefined {
  try {
    return JSON.parse(line) as Line;
  } catch {
    return undefined;
  }
}
