import type { History } from '../protocol';
import { byteLength } from '../protocol/byteLength';
import { type Budget, type Reader, readAfter, readBefore, readHead } from './readPage';

type FoundPage = Pick<History, 'messages' | 'more' | 'truncated' | 'reset' | 'older'>;

/** Reads the entries around a seq, in both directions: the lower half with it, then what fits above. */
export async function readAround(
  reader: Reader,
  room: string,
  seq: number,
  budget: Budget,
): Promise<FoundPage> {
  if (seq > (await readHead(reader, room))) return { messages: [], more: false, reset: true };
  const half = { entries: Math.ceil(budget.entries / 2), bytes: budget.bytes / 2 };
  const lower = await readBefore(reader, room, seq + 1, half);
  const left = {
    entries: budget.entries - lower.messages.length,
    bytes: budget.bytes - byteLength(JSON.stringify(lower.messages)),
  };
  const upper = await readAfter(reader, room, seq, { ...left, entries: Math.max(1, left.entries) });
  // A page has one entry at least, which may be too large for what is left.
  const fits = left.entries > 0 && byteLength(JSON.stringify(upper.messages)) <= left.bytes;
  return {
    messages: fits ? [...lower.messages, ...upper.messages] : lower.messages,
    more: upper.more || (!fits && upper.messages.length > 0),
    ...(lower.more && { older: true }),
    ...((lower.truncated || upper.truncated) && { truncated: true }),
  };
}

/**
 * Reads from the first entry of a time on. Servers' clocks differ, so times may go back by a little from one seq to the
 * next: the page begins with an entry of that time or later, below which is an earlier one. Where all entries are
 * earlier, it holds the newest.
 */
export async function readAt(reader: Reader, room: string, at: number, budget: Budget): Promise<FoundPage> {
  const first = await findFirstAt(reader, room, at);
  if (first === undefined) {
    const { more, ...newest } = await readBefore(reader, room, undefined, budget);
    return { ...newest, more: false, ...(more && { older: true }) };
  }
  const page = await readAfter(reader, room, first - 1, budget);
  const [below] = await reader.log.readBackward(room, first - 1, 1, reader.clock.now());
  return { ...page, ...(below?.seq === first - 1 && { older: true }) };
}

/** Finds the seq by halving: one row is read a step, and a room of a million entries takes twenty. */
async function findFirstAt(reader: Reader, room: string, at: number): Promise<number | undefined> {
  const head = await readHead(reader, room);
  let low = 1;
  let high = head + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [row] = await reader.log.readIdentities(room, middle, 1);
    if (!row || row.seq >= high || row.at >= at) high = middle;
    else low = row.seq + 1;
  }
  return low > head ? undefined : low;
}
