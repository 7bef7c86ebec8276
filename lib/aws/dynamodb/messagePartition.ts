import { createHash } from 'node:crypto';

/** The partition of a message's reactions and drafts in the Messages table: no room's name has a `#`. */
export function partitionOf(room: string, of: number): string {
  return `${room}#${of}`;
}

/** Reads which message's partition this is; `undefined` for a room's log. */
export function readPartition(partition: string): { room: string; of: number } | undefined {
  const [room, of, ...rest] = partition.split('#');
  return room !== undefined && of !== undefined && rest.length === 0 ? { room, of: Number(of) } : undefined;
}

const SLOT_HEX_DIGITS = 13;

/**
 * A user's row in the partition, as a number. Of a message that 10,000 users react to, two share a number once in 10^8
 * messages: the store refuses the second.
 */
export function slotOf(partition: string, user: string): number {
  const digest = createHash('sha256')
    .update(JSON.stringify([partition, user]))
    .digest('hex');
  return 1 + Number.parseInt(digest.slice(0, SLOT_HEX_DIGITS), 16);
}
