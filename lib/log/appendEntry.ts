import {
  type Clock,
  type LogStore,
  type NewEntry,
  type Random,
  type Slot,
  Unavailable,
} from '../ports/ports';
import type { User } from '../protocol';
import type { Tally } from '../telemetry/invocationMetrics';
import { traceOf } from './erasureTrace';
import type { RoomMemory } from './recentLogCache';

/** Longest range `(after, head]` that a send may ask to have compared. */
export const MOST_COMPARED = 500;

const FIRST_RETRY_MS = 20;
const LONGEST_RETRY_MS = 500;

/** Who has lost this many slots steps aside for a moment, at most so long, and less for every slot lost since. */
const LOSES_BEFORE_WAIT = 2;
const LONGEST_WAIT_MS = 40;
const WAIT_SHRINKS_BY = 0.8;

/** What append works with. */
export interface Log {
  log: LogStore;
  memory: RoomMemory;
  clock: Clock;
  random: Random;
  tally: Tally;
}

/** Something to append: a repeat carries the same `id` and the same `after`. */
export interface Draft<E extends NewEntry = NewEntry> {
  room: string;
  id: string;
  /** Whose row it will be: who sends a message, or whom a system entry is about. */
  from: User;
  /** The highest seq its client knew in the room when it first sent this id. */
  after: number;
  /** Makes the entry for a slot. */
  stamp(seq: number, at: number): E;
}

/** The draft is in the log. `superseded` are rows below it that were seen without an expiry. */
interface Found {
  outcome: 'found';
  seq: number;
  at: number;
  superseded: readonly Slot[];
}

/** The draft is not in the log. `removed` tells that its user was put out of the room somewhere in the range. */
export interface Clear {
  outcome: 'clear';
  head: number;
  superseded: readonly Slot[];
  removed?: boolean;
}

/** What the log holds in `(after, head]` for one draft. */
export type Looked = Found | Clear | { outcome: 'behind' };

/** Where a send ended up. */
export type Written<E extends NewEntry> =
  | { outcome: 'written'; entry: E; superseded: readonly Slot[] }
  | { outcome: 'removed' }
  | Found
  | { outcome: 'behind' }
  | { outcome: 'unavailable' };

/**
 * Looks through every row in `(after, head]` for the send's own id, from memory or by one consistent read.
 * Memory alone may not stand in for `after`: an invocation that starts after its own repeat has finished
 * would otherwise write twice.
 * @throws Unavailable when the log cannot be read.
 */
export async function look({ log, memory, clock }: Log, send: Draft): Promise<Looked> {
  const asked = clock.now();
  const remembered = memory.from(send.room, send.after, asked);
  const run = remembered ?? (await log.slots(send.room, send.after, MOST_COMPARED + 2));

  const mine = run.find((slot) => slot.seq > send.after && isOwn(slot, send));
  if (mine) return found(mine, remembered ? [] : run);
  if (!startsAt(run, send.after) || !isUnbroken(run)) return { outcome: 'behind' };
  const compared = run.filter((slot) => slot.seq > send.after);
  if (compared.length > MOST_COMPARED || compared.some((slot) => hasExpired(slot, asked)))
    return { outcome: 'behind' };

  const head = run.at(-1);
  const clear: Clear = {
    outcome: 'clear',
    head: head?.seq ?? 0,
    superseded: remembered ? run.slice(-1) : run.filter(lacksExpiry),
    removed: run.some((slot) => isRemoval(slot, send)),
  };
  if (!remembered) memory.learn(send.room, run, asked);
  return clear;
}

/**
 * Writes a draft into the first free slot above `head`, comparing every slot that others took in between.
 * An unknown outcome is retried on the same slot: if the write had been applied, the slot is found to be ours.
 *
 * A wait comes before the read and never after it, or the slot it finds free would be taken again; and it shrinks,
 * or the writers of a busy room who have lost most would go on to lose.
 *
 * Where its user was put out of the room in between, the draft is written only if `mayStill` says so now: the entry
 * that tells of it comes after the rights are gone, so that nothing of the user's may come above it.
 */
export async function write<E extends NewEntry>(
  world: Log,
  send: Draft<E>,
  clear: Pick<Clear, 'head' | 'superseded' | 'removed'>,
  deadline: number,
  mayStill: () => Promise<boolean>,
): Promise<Written<E>> {
  const { log, memory, clock, random } = world;
  let { head, removed = false } = clear;
  const superseded = [...clear.superseded];
  let lost = 0;
  for (let attempt = 0; ; attempt++) {
    if (clock.now() >= deadline) return { outcome: 'unavailable' };
    try {
      if (removed && !(await mayStill())) return { outcome: 'removed' };
      removed = false;
      const entry = send.stamp(head + 1, clock.now());
      if ((await log.put(send.room, entry)) === 'written') {
        memory.learn(send.room, [slotOf(entry)], clock.now());
        return { outcome: 'written', entry, superseded };
      }
      lost++;
      world.tally.add('Conflicts');
      if (lost > LOSES_BEFORE_WAIT)
        await clock.wait(random() * LONGEST_WAIT_MS * WAIT_SHRINKS_BY ** (lost - LOSES_BEFORE_WAIT));
      const asked = clock.now();
      const taken = await log.slots(send.room, head + 1, MOST_COMPARED);
      const mine = taken.find((slot) => isOwn(slot, send));
      if (mine) return found(mine, [...superseded, ...taken]);
      const last = taken.at(-1);
      if (!last || taken[0]?.seq !== head + 1 || !isUnbroken(taken)) return { outcome: 'behind' };
      memory.learn(send.room, taken, asked);
      superseded.push(...taken.filter(lacksExpiry));
      removed = taken.some((slot) => isRemoval(slot, send));
      head = last.seq;
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      await clock.wait(random() * Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempt - lost)));
    }
  }
}

/** The outcome for a slot that is the send's own, given the rows seen on the way to it. */
export function found(mine: Slot, seen: readonly Slot[]): Found {
  const superseded = seen.filter((slot) => slot.seq < mine.seq && lacksExpiry(slot));
  return { outcome: 'found', seq: mine.seq, at: mine.at, superseded };
}

/** A lying `after` must open no hole: the row it names, or the one above it, has to exist. */
export function startsAt(rows: readonly Slot[], after: number): boolean {
  const first = rows[0]?.seq;
  if (first === undefined) return after === 0;
  return first === after || first === after + 1;
}

/** Whether rows follow each other without a hole. */
export function isUnbroken(rows: readonly Slot[]): boolean {
  return rows.every((slot, i) => i === 0 || slot.seq === (rows[i - 1]?.seq ?? 0) + 1);
}

/** Whether a slot is the send's own, erased or not. */
export function isOwn({ id, user }: Slot, { room, id: own, from }: Draft): boolean {
  return id === own && (user === from.id || user === traceOf(room, own, from.id));
}

export function hasExpired(slot: Slot, now: number): boolean {
  return slot.expiresAt !== undefined && slot.expiresAt <= now;
}

export function lacksExpiry(slot: Slot): boolean {
  return slot.expiresAt === undefined;
}

/** Whether a row tells that the draft's user was put out of the room. */
export function isRemoval({ removes, user }: Slot, { from }: Draft): boolean {
  return removes === true && user === from.id;
}

function slotOf(entry: NewEntry): Slot {
  const { seq, id, at } = entry;
  if (entry.type === 'system') return { seq, id, user: entry.user.id, at, removes: true };
  return { seq, id, user: entry.from.id, at };
}
