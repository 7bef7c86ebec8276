import type { EntryIdentity, LogStore } from '../ports/logStore';
import { readCompletedIdentities } from './pendingChanges';

/** Longest range `(after, head]` that a send may ask to have compared, in rows. */
export const MAX_COMPARED = 500;
/** Rows of a range are read until they hold this much, in kilobytes: the database is paid for what it reads. */
const MAX_KILOBYTES = 128;
/** Most ranges are this short, in rows. */
const FIRST_CHUNK = 8;
/** Rows of a part that is read at once. */
export const CHUNK = 32;
/** A row of which the store does not tell what it cost to read, in kilobytes. */
const USUAL_ROW_KILOBYTES = 0.25;

/**
 * Reads the rows of `[after, head]`. Gives `undefined` for a range that is too long: that costs one short read and one
 * row, or {@link MAX_KILOBYTES} and a chunk.
 * @throws Unavailable when the log cannot be read.
 */
export async function readRange(
  log: LogStore,
  room: string,
  after: number,
): Promise<EntryIdentity[] | undefined> {
  const run = await readCompletedIdentities(log, room, after, FIRST_CHUNK);
  if (run.length < FIRST_CHUNK) return run;
  const [beyond] = await log.readIdentities(room, after + MAX_COMPARED + 1, 1);
  if (beyond) return undefined;
  while (kilobytesOf(run) <= MAX_KILOBYTES) {
    const chunk = await readCompletedIdentities(log, room, (run.at(-1)?.seq ?? after) + 1, CHUNK);
    run.push(...chunk);
    if (chunk.length < CHUNK) return run;
  }
  return undefined;
}

/** What rows cost to read, in kilobytes. */
export function kilobytesOf(rows: readonly EntryIdentity[]): number {
  return rows.reduce((sum, { readKilobytes = USUAL_ROW_KILOBYTES }) => sum + readKilobytes, 0);
}
