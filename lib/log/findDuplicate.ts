import type { EntryIdentity } from '../ports/logStore';
import type { EntryDraft, LogContext } from './entryDraft';
import { hasExpired, isOwn, isRemoval, isUnbroken, lacksExpiry, startsAtCursor } from './entryIdentity';
import { MAX_COMPARED, readRange } from './readRange';

/** The draft is in the log. `superseded` are rows below it that were seen without an expiry. */
export interface Duplicate {
  kind: 'duplicate';
  seq: number;
  at: number;
  /** The log holds another content under the draft's id. */
  differs: boolean;
  superseded: readonly EntryIdentity[];
}

/** The draft is not in the log. `removed` tells that its user was put out of the room somewhere in the range. */
export interface NotFound {
  kind: 'notFound';
  head: number;
  /** How many messages the log got up to the head. */
  n: number;
  superseded: readonly EntryIdentity[];
  removed?: boolean;
}

/** What the log holds in `(after, head]` for one draft. */
export type DuplicateSearch = Duplicate | NotFound | { kind: 'behind' };

/** Where a search looks: in this container's memory first, unless `inMemory` is false. */
export interface SearchOptions {
  inMemory?: boolean;
}

/**
 * Looks through every row in `(after, head]` for the send's own id, from memory or by one consistent read. Memory
 * alone must not replace `after`: an invocation that starts after its own repeat finished would write twice. Memory may
 * lack the newest rows: the writer meets those at its slot, but a refusal must have looked in the log (`inMemory`).
 * @throws Unavailable when the log cannot be read.
 */
export async function findDuplicate(
  { log, recentLogs, clock }: LogContext,
  send: EntryDraft,
  { inMemory = true }: SearchOptions = {},
): Promise<DuplicateSearch> {
  const asked = clock.now();
  const remembered = inMemory ? recentLogs.get(send.room, send.after, asked) : undefined;
  const run = remembered ?? (await readRange(log, send.room, send.after));
  if (!run) return { kind: 'behind' };

  const mine = run.find((slot) => slot.seq > send.after && isOwn(slot, send));
  if (mine) return toDuplicate(send, mine, remembered ? [] : run);
  if (!startsAtCursor(run, send.after) || !isUnbroken(run)) return { kind: 'behind' };
  const compared = run.filter((slot) => slot.seq > send.after);
  if (compared.length > MAX_COMPARED || compared.some((slot) => hasExpired(slot, asked)))
    return { kind: 'behind' };

  const head = run.at(-1);
  const clear: NotFound = {
    kind: 'notFound',
    head: head?.seq ?? 0,
    n: head?.n ?? 0,
    superseded: remembered ? run.slice(-1) : run.filter(lacksExpiry),
    removed: run.some((slot) => isRemoval(slot, send)),
  };
  if (!remembered) recentLogs.remember(send.room, run, asked);
  return clear;
}

/** Looks for the send's own id in memory alone, which costs nothing. */
export function findRecentDuplicate(
  { recentLogs, clock }: LogContext,
  send: EntryDraft,
): Duplicate | undefined {
  const run = recentLogs.get(send.room, send.after, clock.now()) ?? [];
  const mine = run.find((slot) => slot.seq > send.after && isOwn(slot, send));
  return mine && toDuplicate(send, mine, []);
}

/** The outcome for a slot that is the send's own, given the rows seen on the way to it. */
export function toDuplicate(
  send: EntryDraft,
  mine: EntryIdentity,
  seen: readonly EntryIdentity[],
): Duplicate {
  const superseded = seen.filter((slot) => slot.seq < mine.seq && lacksExpiry(slot));
  const differs = mine.hash !== undefined && mine.hash !== send.hash;
  return { kind: 'duplicate', seq: mine.seq, at: mine.at, differs, superseded };
}
