import { type Reader, readAfter } from '../log/readPage';
import type { LogEvent } from '../ports/eventSink';

/** Entries of a page. Of the longest texts, pages of all rooms at once fit into the function's memory. */
const PAGE = 50;

/** A part of a room's events. */
export interface EventPage {
  events: LogEvent[];
  more: boolean;
}

/**
 * Reads the events that follow a cursor, in order and as clients may see the entries now. Seqs that expired become one
 * event of type `gap`.
 * @throws Error when the cursor is above the head: the table was replaced by a backup under the same name.
 */
export async function readEvents(
  reader: Reader,
  log: string,
  room: string,
  after: number,
): Promise<EventPage> {
  const budget = { entries: PAGE, bytes: Number.POSITIVE_INFINITY };
  const { messages, more, truncated, reset } = await readAfter(reader, room, after, budget);
  if (reset) throw new Error('The log ends below what was sent. Run: edge-chat replay --from 1');
  const events = messages.map((entry): LogEvent => ({ log, room, seq: entry.seq, entry }));
  const first = events[0];
  if (!truncated || !first) return { events, more };
  const seq = after + 1;
  return { events: [{ log, room, seq, entry: { type: 'gap', seq, to: first.seq - 1 } }, ...events], more };
}
