import type { Clock } from '../ports/clock';
import type { PublishContext } from '../ports/contexts';
import type { LogStore, StoredEntry } from '../ports/logStore';
import { LIMITS, type LogEntry, type Page } from '../protocol';
import { byteLength } from '../protocol/byteLength';
import { serveEntries } from './pendingChanges';

/** Bytes of a frame that are not log entries: field names, the room, the members in `joined`. */
const ENVELOPE_BYTES = 1024;

/** What reading a page works with. `dress` adds to entries what they have for this reader alone. */
export interface Reader {
  log: LogStore;
  clock: Clock;
  dress?(entries: readonly LogEntry[]): Promise<LogEntry[]>;
}

/** How much one page may hold. */
export interface Budget {
  entries: number;
  bytes: number;
}

/** The budget of a frame that already carries `used` bytes. */
export function budgetFor(entries: number, used = 0): Budget {
  return { entries, bytes: LIMITS.serverFrameBytes - ENVELOPE_BYTES - used };
}

/**
 * Reads the unbroken run that follows `after`, oldest first. A hole just above `after` is told as `truncated`,
 * a cursor above the head as `reset`.
 */
export async function readAfter(reader: Reader, room: string, after: number, budget: Budget): Promise<Page> {
  const now = reader.clock.now();
  const read = await reader.log.readForward(room, after, budget.entries + 2, now, budget.bytes);
  if (read.length === 0 && after > 0) return { messages: [], more: false, reset: true };

  const above = read.filter((entry) => entry.seq > after);
  const messages = await serve(reader, room, takeNeighbours(above, budget, 1), now, budget, 1);
  const page: Page = { messages, more: messages.length < above.length };
  const first = messages[0];
  if (first && first.seq > after + 1) page.truncated = true;
  return page;
}

/** Reads the unbroken run that precedes `before`, or that ends at the head, oldest first. */
export async function readBefore(
  reader: Reader,
  room: string,
  before: number | undefined,
  budget: Budget,
): Promise<Page> {
  const from = before === undefined ? undefined : before - 1;
  if (from !== undefined && from < 1) return { messages: [], more: false };
  const { log, clock } = reader;
  const now = clock.now();
  const read = await log.readBackward(room, from, budget.entries + 1, now, budget.bytes);
  const newest = read[0];
  if (from !== undefined && newest?.seq !== from) {
    const [head] = await log.readBackward(room, undefined, 1, now);
    if (head && head.seq > from) return { messages: [], more: false, truncated: true };
    return head ? readBefore(reader, room, undefined, budget) : { messages: [], more: false };
  }

  const run = await serve(reader, room, takeNeighbours(read, budget, -1), now, budget, -1);
  const oldest = run.at(-1);
  const next = read[run.length];
  const page: Page = {
    messages: run.reverse(),
    more: next !== undefined && next.seq === (oldest?.seq ?? 0) - 1,
  };
  if (oldest && oldest.seq > 1 && !page.more) page.truncated = true;
  return page;
}

/** The highest seq of a room, 0 when nothing was ever written there. */
export async function readHead({ log, clock }: Reader, room: string): Promise<number> {
  const [head] = await log.readBackward(room, undefined, 1, clock.now());
  return head?.seq ?? 0;
}

/** Serves the entries that the budget lasts for. No other is dressed: that costs reads, and makes an entry longer. */
async function serve(
  { log, dress }: Reader,
  room: string,
  stored: readonly StoredEntry[],
  now: number,
  budget: Budget,
  step: 1 | -1,
): Promise<LogEntry[]> {
  const run = takeRun(await serveEntries(log, room, stored, now), budget, step);
  return dress ? takeRun(await dress(run), budget, step) : run;
}

/** Takes stored entries while each follows the last by `step`, as many as a page may hold. */
function takeNeighbours(entries: readonly StoredEntry[], budget: Budget, step: 1 | -1): StoredEntry[] {
  const end = entries.findIndex((entry, i) => i > 0 && entry.seq !== (entries[i - 1]?.seq ?? 0) + step);
  return entries.slice(0, Math.min(budget.entries, end < 0 ? entries.length : end));
}

/** Takes entries while each follows the last by `step` and the budget lasts; one entry always fits. */
function takeRun(entries: readonly LogEntry[], budget: Budget, step: 1 | -1): LogEntry[] {
  const run: LogEntry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    const last = run.at(-1);
    bytes += byteLength(JSON.stringify(entry)) + 1;
    if (last && (entry.seq !== last.seq + step || bytes > budget.bytes || run.length === budget.entries))
      break;
    run.push(entry);
  }
  return run;
}

/** Reads one entry as it may be told now. */
export async function readEntry(
  context: Pick<PublishContext, 'log' | 'clock'>,
  room: string,
  seq: number,
): Promise<LogEntry | undefined> {
  const now = context.clock.now();
  const [stored] = await context.log.readForward(room, seq, 1, now);
  if (stored?.seq !== seq) return undefined;
  const [entry] = await serveEntries(context.log, room, [stored], now);
  return entry;
}
