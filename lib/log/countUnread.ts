import type { ChatContext, UnreadContext } from '../ports/contexts';
import type { ReadMark } from '../ports/followStore';
import type { EntryIdentity, LogStore } from '../ports/logStore';
import type { NewestRow } from '../ports/messageCountStore';
import type { Settings } from '../ports/settings';
import { MOST_UNREAD, type Unread } from '../protocol';
import { settleAll } from '../util/settleAll';
import { countsAsMessage, hasExpired } from './entryIdentity';
import { serveEntries } from './pendingChanges';

/** One call reads rows to count until they hold this much, in kilobytes: as two small reads for each room of a page. */
const MAX_KILOBYTES = 200;

/** Where a search for the oldest live row begins, in rows below the head. Rooms mostly have more unread messages. */
const FIRST_STEP = 128;

/** What a count reads. */
type CountContext = UnreadContext &
  Pick<ChatContext, 'log' | 'clock'> & { settings: Pick<Settings, 'retentionMs'> };

/** A place in a room's log. */
interface Place {
  seq: number;
  /** How many messages the log got up to here. */
  n: number;
}

/** A room, how far its user has read it, and its newest row, which is missing where nothing was ever written. */
export interface UnreadRoom {
  room: string;
  mark?: ReadMark | undefined;
  head: NewestRow | undefined;
}

/** What one call may still read. */
interface Budget {
  kilobytes: number;
}

/** Before the first row. */
const START: ReadMark = { version: 0, seq: 0, n: 0, at: 0 };

/**
 * Counts in some rooms the messages above the mark, up to the head, that are neither deleted nor erased nor expired.
 * The heads were read before: what is deleted after that is counted in the rows. Costs for each room a read of its
 * settings. Rows are read, room after room, where the marked one may have expired, and where messages were lost. Once
 * they hold 200 KB in all, further rooms that need rows have `99+`.
 */
export async function countUnread(context: CountContext, rooms: readonly UnreadRoom[]): Promise<Unread[]> {
  const now = context.clock.now();
  const gone = await settleAll(
    ...rooms.map(async (asked) => {
      if (!hasUnread(asked)) return 0;
      await completeHead(context, asked, now);
      return context.gone.read(asked.room);
    }),
  );
  const budget: Budget = { kilobytes: MAX_KILOBYTES };
  const counts: Unread[] = [];
  for (const [i, asked] of rooms.entries())
    counts.push(shown(await countRoom(context, asked, gone[i] ?? 0, now, budget)));
  return counts;
}

/** Completes an entry that is the newest row: a client that has met it expects that it was counted. */
export async function completeHead(
  { log }: CountContext,
  { room, head }: UnreadRoom,
  now: number,
): Promise<void> {
  if (head?.entry.type === 'pending') await serveEntries(log, room, [head.entry], now);
}

function hasUnread({ mark = START, head }: UnreadRoom): boolean {
  return head !== undefined && head.entry.seq > mark.seq && head.n > mark.n;
}

/** Counts the messages of a room; `undefined` where the budget does not allow it. */
async function countRoom(
  context: CountContext,
  asked: UnreadRoom,
  lost: number,
  now: number,
  budget: Budget,
): Promise<number | undefined> {
  const { room, mark = START, head } = asked;
  if (!head || !hasUnread(asked)) return 0;
  const { log } = context;
  const gone = Math.min(lost, head.entry.seq);
  if (gone <= mark.seq) return countAbove(log, room, mark, mayBeGone(context, mark, now), head, now, budget);
  if (budget.kilobytes <= 0) return undefined;
  const { place, isGone } = await readPlace(log, room, gone, now, budget);
  const above = await countAbove(log, room, place, isGone, head, now, budget);
  if (above === undefined || above > MOST_UNREAD) return above;
  if (budget.kilobytes <= 0) return undefined;
  const range = { above: mark.seq, upTo: gone };
  const most = { messages: MOST_UNREAD - above, kilobytes: budget.kilobytes };
  const { messages, kilobytes } = await context.messageCounts.countMessages(room, range, now, most);
  budget.kilobytes -= kilobytes;
  return messages === undefined ? undefined : above + messages;
}

/** Makes the mark for a seq; `undefined` where the room has no entry there or above. */
export async function markAt(
  { log, clock, settings }: CountContext,
  room: string,
  seq: number,
  version: number,
): Promise<ReadMark | undefined> {
  const [row] = await log.readIdentities(room, seq, 1);
  if (!row) return undefined;
  if (row.seq !== seq) return { version, seq, n: belowOf(row).n, at: 0, expiresAt: clock.now() };
  const { n = 0, at, expiresAt = settings.retentionMs && at + settings.retentionMs } = row;
  return { version, seq, n, at, ...(expiresAt !== undefined && { expiresAt }) };
}

/** Whether a marked row may have expired: the retention may be shorter by now than when the mark was set. */
function mayBeGone({ settings }: CountContext, { at, expiresAt }: ReadMark, now: number): boolean {
  const { retentionMs = Number.POSITIVE_INFINITY } = settings;
  return Math.min(expiresAt ?? Number.POSITIVE_INFINITY, at + retentionMs) <= now;
}

/** Counts what the log got above a place, or from the oldest live row above it on. */
async function countAbove(
  log: LogStore,
  room: string,
  place: Place,
  isGone: boolean,
  head: NewestRow,
  now: number,
  budget: Budget,
): Promise<number | undefined> {
  const floor = isGone ? await findFloor(log, room, place.seq, head, now, budget) : place.n;
  return floor === undefined ? undefined : head.n - floor;
}

/** Reads the place of a seq that is no higher than the head's. */
async function readPlace(
  log: LogStore,
  room: string,
  seq: number,
  now: number,
  budget: Budget,
): Promise<{ place: Place; isGone: boolean }> {
  const row = await readRow(log, room, seq, budget);
  if (row?.seq !== seq) return { place: { seq, n: 0 }, isGone: true };
  return { place: { seq, n: row.n ?? 0 }, isGone: hasExpired(row, now) };
}

/**
 * Finds how many messages the log got below the oldest live row above a seq. Mostly that is the first row there. Else
 * halving finds it, as rows expire in their order. It begins near the head, and ends once more messages are live than
 * are counted. Gives `undefined` where the budget ends before.
 */
async function findFloor(
  log: LogStore,
  room: string,
  above: number,
  head: NewestRow,
  now: number,
  budget: Budget,
): Promise<number | undefined> {
  if (head.entry.seq - above <= 1) return head.below;
  if (budget.kilobytes <= 0) return undefined;
  const first = await readRow(log, room, above + 1, budget);
  if (first && !hasExpired(first, now)) return belowOf(first).n;
  let low = first?.seq ?? above;
  let floor = { seq: head.entry.seq, below: head.below };
  for (let step = FIRST_STEP; floor.seq - low > 1 && head.n - floor.below <= MOST_UNREAD; step *= 2) {
    if (budget.kilobytes <= 0) return undefined;
    const middle = Math.max(low + 1, Math.floor((low + floor.seq) / 2), floor.seq - step);
    const row = await readRow(log, room, middle, budget);
    if (!row || row.seq >= floor.seq) low = floor.seq - 1;
    else if (hasExpired(row, now)) low = row.seq;
    else {
      if (row.seq > middle) low = row.seq - 1;
      floor = { seq: row.seq, below: belowOf(row).n };
    }
  }
  return floor.below;
}

/** Reads what identifies the first row from a seq on, at the cost of a budget. */
async function readRow(
  log: LogStore,
  room: string,
  seq: number,
  budget: Budget,
): Promise<EntryIdentity | undefined> {
  const [row] = await log.readIdentities(room, seq, 1);
  budget.kilobytes -= row?.readKilobytes ?? 0;
  return row;
}

/** The place just below a row. */
function belowOf(row: EntryIdentity): Place {
  return { seq: row.seq - 1, n: (row.n ?? 0) - (countsAsMessage(row) ? 1 : 0) };
}

function shown(count: number | undefined): Unread {
  return count === undefined || count > MOST_UNREAD ? `${MOST_UNREAD}+` : count;
}
