import { randomBytes } from 'node:crypto';
import { announceLeft } from '../connections/presence';
import { fanOut } from '../delivery/fanOut';
import { deliverEntry, expireSuperseded } from '../delivery/publishMessage';
import { appendEntry, type EntryDraft, findDuplicate } from '../log/appendEntry';
import { readHead } from '../log/readPage';
import {
  type Connection,
  EVERYWHERE,
  FINAL_FENCE,
  type NewEntry,
  type PublishContext,
  Unavailable,
  type UserContext,
} from '../ports/ports';
import type { ClientMessage, Reply, User } from '../protocol';
import { errorReply, refusalError } from '../protocol/errorReplies';
import { createCharge, SYNCS } from '../rateLimiting/tokenBucket';
import { settleAll } from '../util/settleAll';

/** A kick keeps the user out for this long, in milliseconds, unless it says for how long. */
export const DEFAULT_KICK_MS = 600_000;
/** An attempt to append ends after this, in milliseconds. */
const APPEND_TIMEOUT_MS = 10_000;
/** Longest wait for the posts that tell a user's own sockets, in milliseconds. */
const NOTIFY_TIMEOUT_MS = 1_000;

/** A socket is asked to close so often, after waits that double from this, in milliseconds. */
const MAX_CLOSE_ATTEMPTS = 4;
const CLOSE_RETRY_MS = 50;

/** What putting somebody out works with. */
export type ModerationContext = PublishContext & UserContext;

/** Whom to keep out until when, and who wants it; nobody named is the operator. */
export interface Removal {
  user: string;
  /** In milliseconds since the epoch. */
  until: number;
  by?: User;
}

/** A connection that was put out; `rooms` are those it was in. */
interface RemovedConnection {
  id: string;
  user: User | undefined;
  rooms: readonly string[];
}

type Ask<A extends ClientMessage['action']> = Extract<ClientMessage, { action: A }>;

/** Puts a user out of a room for somebody who looks after it. */
export async function kick(
  context: ModerationContext,
  asker: Connection,
  message: Ask<'kick'>,
): Promise<Reply> {
  const { action, room, user, forMs = DEFAULT_KICK_MS } = message;
  const refused = await charge(context, asker, message);
  if (refused) return refused;
  await removeUserFromRoom(context, room, { user, until: context.clock.now() + forMs, by: asker.user });
  return { type: 'ok', action, room };
}

/** Lets a user into a room again. */
export async function unban(
  context: ModerationContext,
  asker: Connection,
  message: Ask<'unban'>,
): Promise<Reply> {
  const { action, room, user } = message;
  const refused = await charge(context, asker, message);
  if (refused) return refused;
  await context.users.removeBan(user, room);
  return { type: 'ok', action, room };
}

/**
 * Puts a user out of a room and keeps them out: the ban first, then the rights, then the members' rows, then the
 * entry that tells of it. So nothing above that entry reaches the user, and nothing of theirs comes above it.
 * @throws Unavailable when the outcome is unknown; the same again finishes it.
 */
export async function removeUserFromRoom(
  context: ModerationContext,
  room: string,
  order: Removal,
): Promise<void> {
  const now = context.clock.now();
  const ids = await context.users.addBan(order.user, { room, until: order.until }, now);
  const out = await settleAll(
    ...ids.map(async (id): Promise<RemovedConnection> => {
      const expelled = await context.connections.removeFromRoom(id, room);
      await context.members.tombstone(room, id, expelled?.fence ?? FINAL_FENCE, now);
      return { id, user: expelled?.user, rooms: expelled?.wasMember ? [room] : [] };
    }),
  );
  await recordRemoval(context, room, order, out);
}

/**
 * Keeps a user out of every room and closes their sockets, in the same order.
 * @throws Unavailable when the outcome is unknown; the same again finishes it.
 */
export async function removeUserEverywhere(context: ModerationContext, order: Removal): Promise<void> {
  const now = context.clock.now();
  const ids = await context.users.addBan(order.user, { room: EVERYWHERE, until: order.until }, now);
  const out = await settleAll(
    ...ids.map(async (id): Promise<RemovedConnection> => {
      const { user, rooms = [] } = (await context.connections.revoke(id)) ?? {};
      await settleAll(...rooms.map((room) => context.members.tombstone(room, id, FINAL_FENCE, now)));
      return { id, user, rooms };
    }),
  );
  const rooms = new Set(out.flatMap((connection) => connection.rooms));
  await settleAll(...[...rooms].map((room) => recordRemoval(context, room, order, out)));
  await settleAll(...ids.map((id) => closeSocket(context, id)));
}

async function closeSocket({ poster, clock, random }: ModerationContext, id: string): Promise<void> {
  for (let attempt = 0; attempt < MAX_CLOSE_ATTEMPTS; attempt++) {
    if (attempt > 0) await clock.wait(random() * CLOSE_RETRY_MS * 2 ** attempt);
    const outcome = await poster.close(id);
    if (outcome === 'delivered' || outcome === 'gone') return;
  }
  throw new Unavailable('A socket may still be open.');
}

/** Charges a moderator's frame, which is about somebody else and may be about a room one is not in. */
async function charge(
  context: ModerationContext,
  asker: Connection,
  message: Ask<'kick' | 'unban'>,
): Promise<Reply | undefined> {
  const now = context.clock.now();
  const charged = await context.connections.renewLease(
    asker.id,
    createCharge('syncs', SYNCS, now),
    now + context.settings.leaseMs,
  );
  return 'kind' in charged ? errorReply(message, refusalError(charged)) : undefined;
}

/** Writes into a room's log that a user was put out, and tells the room and the user's own sockets. */
async function recordRemoval(
  context: ModerationContext,
  room: string,
  { user: id, by }: Removal,
  out: readonly RemovedConnection[],
): Promise<void> {
  const user = out.find((connection) => connection.user)?.user ?? { id, name: id.slice(0, 64) };
  const entry = await appendRemoval(context, room, user, by);
  const sockets = out.filter(({ rooms }) => rooms.includes(room)).map((connection) => connection.id);
  await settleAll(
    deliverEntry(context, { room, seq: entry.seq }, entry),
    notifyRemovedConnections(context, sockets, JSON.stringify({ ...entry, room })),
    sockets.length > 0 ? announceLeft(context, room, [user]) : Promise.resolve(),
  );
}

async function appendRemoval(context: ModerationContext, room: string, user: User, by: User | undefined) {
  const id = randomBytes(12).toString('base64url');
  const draft: EntryDraft<Extract<NewEntry, { type: 'system' }>> = {
    room,
    id,
    from: user,
    after: await readHead(context, room),
    toEntry: (seq, at) => ({ type: 'system', seq, id, what: 'kicked', user, ...(by && { by }), at }),
  };
  const search = await findDuplicate(context, draft);
  if (search.kind !== 'notFound') throw new Unavailable(`The log of a room could not be followed.`);
  const deadline = context.clock.now() + APPEND_TIMEOUT_MS;
  const written = await appendEntry(context, draft, search, deadline, async () => true);
  // A duplicate is this entry itself: it was written, and the answer to that was lost.
  if (written.kind !== 'written' && written.kind !== 'duplicate')
    throw new Unavailable('An entry could not be appended in time.');
  await expireSuperseded(context, room, written.superseded);
  const { id: _, ...entry } =
    written.kind === 'written' ? written.entry : draft.toEntry(written.seq, written.at);
  return entry;
}

async function notifyRemovedConnections(
  context: ModerationContext,
  sockets: readonly string[],
  frame: string,
): Promise<void> {
  async function* once() {
    yield sockets;
  }
  await fanOut(context, once(), frame, context.clock.now() + NOTIFY_TIMEOUT_MS);
}
