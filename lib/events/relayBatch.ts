import { parseWakes } from './parseWakes';
import type { RelayContext } from './relayContext';
import { relayWakes } from './relayWakes';

/** The next batch of a shard waits for this one: rooms get so many milliseconds, and the queue brings the rest. */
const STREAM_RUN_MS = 3_000;
/** Time kept for the event that is on its way, and for the cursor, in milliseconds. */
const RESERVE_MS = 15_000;

/** The records that Lambda brings again. */
export interface BatchFailures {
  batchItemFailures: { itemIdentifier: string }[];
}

/** Sends what the log has in the rooms that a batch of the stream or of the queue names. */
export async function relayBatch(
  context: RelayContext,
  event: unknown,
  remainingMs: number,
): Promise<BatchFailures> {
  const records = parseWakes(event);
  const longest = records.some(({ source }) => source === 'stream') ? STREAM_RUN_MS : remainingMs;
  const failed = await relayWakes(
    context,
    records.map(({ wake }) => wake),
    context.clock.now() + Math.min(longest, remainingMs - RESERVE_MS),
  );
  const rooms = new Set(failed.map(({ room }) => room));
  const left = records.filter(({ wake }) => rooms.has(wake.room));
  return { batchItemFailures: left.map(({ id }) => ({ itemIdentifier: id })) };
}
