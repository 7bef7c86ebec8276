import {
  type Clock,
  type EntryIdentity,
  type LogStore,
  type NewEntry,
  type Random,
  Unavailable,
} from '../ports/ports';
import type { User } from '../protocol';
import type { InvocationMetrics } from '../telemetry/invocationMetrics';
import { traceOf } from './erasureTrace';
import type { RecentLogCache } from './recentLogCache';

/** Longest range `(after, head]` that a send may ask to have compared. */
export const MAX_COMPARED = 500;

const FIRST_RETRY_MS = 20;
const MAX_RETRY_MS = 500;

/** Who has lost this many slots steps aside for a moment, at most so long, and less for every slot lost since. */
const CONFLICTS_BEFORE_WAIT = 2;
const MAX_CONFLICT_WAIT_MS = 40;
const CONFLICT_WAIT_FACTOR = 0.8;

/** What append works with. */
export interface LogContext {
  log: LogStore;
  recentLogs: RecentLogCache;
  clock: Clock;
  random: Random;
  metrics: InvocationMetrics;
}

/** Something to append: a repeat carries the same `id` and the same `after`. */
export interface EntryDraft<E extends NewEntry = NewEntry> {
  room: string;
  id: string;
  /** Whose row it will be: who sends a message, or whom a system entry is about. */
  from: User;
  /** The highest seq its client knew in the room when it first sent this id. */
  after: number;
  /** Makes the entry for a slot. */
  toEntry(seq: number, at: number): E;
}

/** The draft is in the log. `superseded` are rows below it that were seen without an expiry. */
interface Duplicate {
  kind: 'duplicate';
  seq: number;
  at: number;
  superseded: readonly EntryIdentity[];
}

/** The draft is not in the log. `removed` tells that its user was put out of the room somewhere in the range. */
export interface NotFound {
  kind: 'notFound';
  head: number;
  superseded: readonly EntryIdentity[];
  removed?: boolean;
}

/** What the log holds in `(after, head]` for one draft. */
export type DuplicateSearch = Duplicate | NotFound | { kind: 'behind' };

/** Where a send ended up. */
export type AppendResult<E extends NewEntry> =
  | { kind: 'written'; entry: E; superseded: readonly EntryIdentity[] }
  | { kind: 'removed' }
  | Duplicate
  | { kind: 'behind' }
  | { kind: 'unavailable' };

/**
 * Looks through every row in `(after, head]` for the send's own id, from memory or by one consistent read.
 * Memory alone may not stand in for `after`: an invocation that starts after its own repeat has finished
 * would otherwise write twice.
 * @throws Unavailable when the log cannot be read.
 */
export async function findDuplicate(
  { log, recentLogs, clock }: LogContext,
  send: EntryDraft,
): Promise<DuplicateSearch> {
  const asked = clock.now();
  const remembered = recentLogs.get(send.room, send.after, asked);
  const run = remembered ?? (await log.readIdentities(send.room, send.after, MAX_COMPARED + 2));

  const mine = run.find((slot) => slot.seq > send.after && isOwn(slot, send));
  if (mine) return toDuplicate(mine, remembered ? [] : run);
  if (!startsAtCursor(run, send.after) || !isUnbroken(run)) return { kind: 'behind' };
  const compared = run.filter((slot) => slot.seq > send.after);
  if (compared.length > MAX_COMPARED || compared.some((slot) => hasExpired(slot, asked)))
    return { kind: 'behind' };

  const head = run.at(-1);
  const clear: NotFound = {
    kind: 'notFound',
    head: head?.seq ?? 0,
    superseded: remembered ? run.slice(-1) : run.filter(lacksExpiry),
    removed: run.some((slot) => isRemoval(slot, send)),
  };
  if (!remembered) recentLogs.remember(send.room, run, asked);
  return clear;
}

/**
 * Writes a draft into the first free slot above `head`, comparing every slot that others took in between.
 * An unknown outcome is retried on the same slot: if the write had been applied, the slot is found to be ours.
 *
 * A wait comes before the read and never after it, or the slot it finds free would be taken again; and it shrinks,
 * or the writers of a busy room who have lost most would go on to lose.
 *
 * Where its user was put out of the room in between, the draft is written only if `isStillAllowed` says so now: the entry
 * that tells of it comes after the rights are gone, so that nothing of the user's may come above it.
 */
export async function appendEntry<E extends NewEntry>(
  context: LogContext,
  send: EntryDraft<E>,
  notFound: Pick<NotFound, 'head' | 'superseded' | 'removed'>,
  deadline: number,
  isStillAllowed: () => Promise<boolean>,
): Promise<AppendResult<E>> {
  const { log, recentLogs, clock, random } = context;
  let { head, removed = false } = notFound;
  const superseded = [...notFound.superseded];
  let conflicts = 0;
  for (let attempt = 0; ; attempt++) {
    if (clock.now() >= deadline) return { kind: 'unavailable' };
    try {
      if (removed && !(await isStillAllowed())) return { kind: 'removed' };
      removed = false;
      const entry = send.toEntry(head + 1, clock.now());
      if ((await log.put(send.room, entry)) === 'written') {
        recentLogs.remember(send.room, [identityOf(entry)], clock.now());
        return { kind: 'written', entry, superseded };
      }
      conflicts++;
      context.metrics.increment('Conflicts');
      if (conflicts > CONFLICTS_BEFORE_WAIT)
        await clock.wait(
          random() * MAX_CONFLICT_WAIT_MS * CONFLICT_WAIT_FACTOR ** (conflicts - CONFLICTS_BEFORE_WAIT),
        );
      const asked = clock.now();
      const taken = await log.readIdentities(send.room, head + 1, MAX_COMPARED);
      const mine = taken.find((slot) => isOwn(slot, send));
      if (mine) return toDuplicate(mine, [...superseded, ...taken]);
      const last = taken.at(-1);
      if (!last || taken[0]?.seq !== head + 1 || !isUnbroken(taken)) return { kind: 'behind' };
      recentLogs.remember(send.room, taken, asked);
      superseded.push(...taken.filter(lacksExpiry));
      removed = taken.some((slot) => isRemoval(slot, send));
      head = last.seq;
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      await clock.wait(random() * Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempt - conflicts)));
    }
  }
}

/** The outcome for a slot that is the send's own, given the rows seen on the way to it. */
export function toDuplicate(mine: EntryIdentity, seen: readonly EntryIdentity[]): Duplicate {
  const superseded = seen.filter((slot) => slot.seq < mine.seq && lacksExpiry(slot));
  return { kind: 'duplicate', seq: mine.seq, at: mine.at, superseded };
}

/** A lying `after` must open no hole: the row it names, or the one above it, has to exist. */
export function startsAtCursor(rows: readonly EntryIdentity[], after: number): boolean {
  const first = rows[0]?.seq;
  if (first === undefined) return after === 0;
  return first === after || first === after + 1;
}

/** Whether rows follow each other without a hole. */
export function isUnbroken(rows: readonly EntryIdentity[]): boolean {
  return rows.every((slot, i) => i === 0 || slot.seq === (rows[i - 1]?.seq ?? 0) + 1);
}

/** Whether a slot is the send's own, erased or not. */
export function isOwn({ id, user }: EntryIdentity, { room, id: own, from }: EntryDraft): boolean {
  return id === own && (user === from.id || user === traceOf(room, own, from.id));
}

export function hasExpired(slot: EntryIdentity, now: number): boolean {
  return slot.expiresAt !== undefined && slot.expiresAt <= now;
}

export function lacksExpiry(slot: EntryIdentity): boolean {
  return slot.expiresAt === undefined;
}

/** Whether a row tells that the draft's user was put out of the room. */
export function isRemoval({ removes, user }: EntryIdentity, { from }: EntryDraft): boolean {
  return removes === true && user === from.id;
}

function identityOf(entry: NewEntry): EntryIdentity {
  const { seq, id, at } = entry;
  if (entry.type === 'system') return { seq, id, user: entry.user.id, at, removes: true };
  return { seq, id, user: entry.from.id, at };
}
