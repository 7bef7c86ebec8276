import { MIN_RETENTION_MS } from '../log/expiry';
import { completeIdentities, readCompletedIdentities } from '../log/pendingChanges';
import type { Clock } from '../ports/clock';
import type { ErasureStore } from '../ports/erasureStore';
import type { LogPosition, LogStore } from '../ports/logStore';
import { settleAll } from '../util/settleAll';

/** Rows of a room that one call erases. */
const PAGE = 200;
/** Rows that are erased at the same time. */
const AT_ONCE = 25;
/** A call looks for a user's rows so long, in milliseconds; it ends well within its function's time. */
const LOOKS_MS = 10_000;

/** What an operator's work on the logs needs. */
export interface OperatorContext {
  log: LogStore;
  records: ErasureStore;
  clock: Clock;
}

/** How far an erasure got: `next` is where another call goes on, and missing when all is done. */
export interface ErasePage<T> {
  erased: number;
  next?: T;
}

/**
 * Erases a part of a room's messages, upwards from the seq after `after`. The rows expire an hour later. The newest
 * row stays without a text, so that the room's seqs continue.
 */
export async function eraseRoom(
  { log, records, clock }: OperatorContext,
  room: string,
  after = 0,
): Promise<ErasePage<number>> {
  const read = await readCompletedIdentities(log, room, after + 1, PAGE + 1);
  const page = read.slice(0, PAGE);
  const superseded = page.filter((_slot, i) => i + 1 < read.length);
  const soonest = clock.now() + MIN_RETENTION_MS;
  const erased = await inTurn(page, (slot) => records.erase(room, slot));
  await inTurn(superseded, ({ seq, expiresAt = soonest }) =>
    log.expire(room, seq, Math.min(expiresAt, soonest)),
  );
  const last = page.at(-1);
  return { erased: count(erased), ...(last && read.length > page.length && { next: last.seq }) };
}

/**
 * Erases a part of a user's entries in all rooms, from a place on. Their rows stay, so no room gets a hole. An entry
 * that was under way may be written behind the scan: a second run, after the longest attempt to write, finds it.
 */
export async function eraseUser(
  { log, records, clock }: OperatorContext,
  user: string,
  from?: LogPosition,
): Promise<ErasePage<LogPosition>> {
  const deadline = clock.now() + LOOKS_MS;
  let next = from;
  let erased = 0;
  do {
    const read = await records.findRowsOf(user, next);
    const own = read.rows.filter((row) => row.user === user);
    const told = read.rows.filter((row) => row.user !== user);
    // A deletion of another's message must not be lost with the moderator's name.
    await inTurn(own, (row) => completeIdentities(log, row.room, [row]));
    erased += count(await inTurn(own, (row) => records.erase(row.room, row)));
    await inTurn(told, ({ room, seq }) => records.eraseModerator(room, seq));
    next = read.next;
  } while (next && clock.now() < deadline);
  return { erased, ...(next && { next }) };
}

async function inTurn<T, R>(items: readonly T[], act: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let from = 0; from < items.length; from += AT_ONCE)
    results.push(...(await settleAll(...items.slice(from, from + AT_ONCE).map(act))));
  return results;
}

function count(erased: readonly boolean[]): number {
  return erased.filter(Boolean).length;
}
