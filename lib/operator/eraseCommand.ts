import { removeFilesOf } from '../files/removeFilesOf';
import { countsAsMessage } from '../log/entryIdentity';
import { MIN_RETENTION_MS } from '../log/expiry';
import { completeIdentities, readCompletedIdentities } from '../log/pendingChanges';
import type { Clock } from '../ports/clock';
import type { DraftStore } from '../ports/draftStore';
import type { ErasureStore } from '../ports/erasureStore';
import type { FileStore } from '../ports/fileStore';
import type { FollowStore } from '../ports/followStore';
import type { GoneStore } from '../ports/goneStore';
import type { HeldErasureStore } from '../ports/heldStore';
import type { ListedMemberStore } from '../ports/listedMemberStore';
import type { LogPosition, LogStore } from '../ports/logStore';
import type { ReportErasureStore } from '../ports/reportStore';
import type { RestrictionErasureStore } from '../ports/restrictionStore';
import type { SubscriptionStore } from '../ports/subscriptionStore';
import { eraseReactions, type ReactionErasureContext, removeReactions } from '../reactions/eraseReactions';
import { settleAll } from '../util/settleAll';

/** Rows of a room that one call erases. */
const PAGE = 200;
/** Rows that are erased at the same time. */
const BATCH_SIZE = 25;
/** A call searches for a user's rows this long, in milliseconds: it ends well within its function's time. */
const SEARCH_TIMEOUT_MS = 10_000;

/** What an operator's work on the logs needs. */
export interface OperatorContext {
  log: LogStore;
  erasures: ErasureStore;
  clock: Clock;
}

/** What an erasure needs: reactions are counted once more without the user, and files are removed. */
export type ErasureContext = OperatorContext &
  ReactionErasureContext & {
    drafts: DraftStore;
    follows: FollowStore;
    gone: GoneStore;
    memberships: ListedMemberStore;
    restrictions: RestrictionErasureStore;
    reports: ReportErasureStore;
    held: HeldErasureStore;
    files?: FileStore;
    /** Only where the deployment notifies users. */
    subscriptions?: Pick<SubscriptionStore, 'forgetSome'>;
  };

/** How far an erasure got: `next` is where another call goes on, and missing when all is done. */
export interface ErasePage<T> {
  erased: number;
  next?: T;
}

/**
 * Erases a part of a room's messages, upwards from the seq after `after`, and at the end its reports and held messages.
 * The rows expire
 * an hour later. The newest row stays without a text, so that the room's seqs continue.
 */
export async function eraseRoom(
  context: ErasureContext,
  room: string,
  after = 0,
): Promise<ErasePage<number>> {
  const { log, erasures, clock } = context;
  const deadline = clock.now() + SEARCH_TIMEOUT_MS;
  const read = await readCompletedIdentities(log, room, after + 1, PAGE + 1);
  const page = read.slice(0, PAGE);
  const superseded = page.filter((_slot, i) => i + 1 < read.length);
  const soonest = clock.now() + MIN_RETENTION_MS;
  await raiseGone(
    context,
    page.map(({ seq }) => ({ room, seq })),
  );
  const erased = await inBatches(page, (slot) => erasures.erase(room, slot));
  await inBatches(superseded, ({ seq, expiresAt = soonest }) =>
    log.expire(room, seq, Math.min(expiresAt, soonest)),
  );
  const messages = page.filter(countsAsMessage);
  const isDone = await inBatches(messages, ({ seq }) => removeReactions(context, room, seq, deadline));
  const undone = messages.find((_slot, i) => !isDone[i]);
  if (undone) return { erased: count(erased), next: undone.seq - 1 };
  const last = page.at(-1);
  if (last && read.length > page.length) return { erased: count(erased), next: last.seq };
  let forgotten = count(erased);
  for (const { forgetSomeIn } of [context.reports, context.held])
    forgotten += await forgetAll({ forgetSome: forgetSomeIn }, room);
  return { erased: forgotten };
}

/**
 * Erases a part of a user's entries in all rooms, from a place on. Their rows stay, so no room gets a hole. An entry
 * that was under way may be written behind the scan: a second run, after the longest attempt to write, finds it.
 */
export async function eraseUser(
  context: ErasureContext,
  user: string,
  from?: LogPosition,
): Promise<ErasePage<LogPosition>> {
  const { log, erasures, clock } = context;
  const deadline = clock.now() + SEARCH_TIMEOUT_MS;
  let next = from;
  let erased = 0;
  do {
    const read = await erasures.findRowsOf(user, next);
    const own = read.rows.filter((row) => row.user === user);
    const told = read.rows.filter((row) => row.user !== user && !row.isPending);
    // A deletion of another's message must not be lost with the moderator's name, and a count not with the users'.
    await inBatches(read.rows, (row) => completeIdentities(log, row.room, [row]));
    await raiseGone(context, own);
    erased += count(await inBatches(own, (row) => erasures.erase(row.room, row)));
    await inBatches(told, (row) => erasures.eraseModerator(row.room, row));
    await inBatches(read.reactions, ({ room, of }) => eraseReactions(context, room, of, user));
    await inBatches(read.drafts, ({ room, of }) => context.drafts.remove(room, of, user));
    erased += read.reactions.length + read.drafts.length;
    next = read.next;
  } while (next && clock.now() < deadline);
  if (!next) {
    await removeFilesOf(context, user);
    erased += await forgetFollows(context, user);
    const { memberships, restrictions, reports, held, subscriptions } = context;
    for (const store of [memberships, restrictions, reports, held, ...(subscriptions ? [subscriptions] : [])])
      erased += await forgetAll(store, user);
  }
  return { erased, ...(next && { next }) };
}

/** Notes how far up rooms lose messages, before they do. */
async function raiseGone({ gone }: ErasureContext, rows: readonly LogPosition[]): Promise<void> {
  const highest = new Map<string, number>();
  for (const { room, seq } of rows) highest.set(room, Math.max(seq, highest.get(room) ?? 0));
  await inBatches([...highest], ([room, seq]) => gone.raise(room, seq));
}

/** Forgets which rooms a user follows, with the marks there; tells how many. */
async function forgetFollows({ follows, clock }: ErasureContext, user: string): Promise<number> {
  let forgotten = 0;
  let from: string | undefined;
  do {
    const page = await follows.readPage(user, from, BATCH_SIZE, clock.now());
    forgotten += count(await inBatches(page.follows, ({ room }) => follows.remove(user, room)));
    from = page.next;
  } while (from !== undefined);
  return forgotten;
}

/** Forgets all rows of a user in a store; tells how many. */
async function forgetAll(store: RestrictionErasureStore, user: string): Promise<number> {
  let forgotten = 0;
  let isDone = false;
  while (!isDone) {
    const part = await store.forgetSome(user, BATCH_SIZE);
    forgotten += part.forgotten;
    isDone = part.isDone;
  }
  return forgotten;
}

async function inBatches<T, R>(items: readonly T[], act: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let from = 0; from < items.length; from += BATCH_SIZE)
    results.push(...(await settleAll(...items.slice(from, from + BATCH_SIZE).map(act))));
  return results;
}

function count(erased: readonly boolean[]): number {
  return erased.filter(Boolean).length;
}
