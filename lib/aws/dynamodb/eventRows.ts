/** A sort key has a seq of so many digits, so that texts sort as numbers do. */
const SEQ_DIGITS = 16;

/** Gives the partition of a room's events in the Members table: no room's name has a `#`. */
export function partitionOfEvents(log: string, room: string): string {
  return `events#${log}#${room}`;
}

/** The sort key of a room's cursor. */
export const CURSOR = 'cursor';

/** Gives the sort key of the note of an erasure. */
export function keyOfNote(seq: number): string {
  return `erased#${String(seq).padStart(SEQ_DIGITS, '0')}`;
}
