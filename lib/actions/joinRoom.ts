import { announce, announceJoined, announceLeft, listUsers, readPresence } from '../connections/presence';
import { budgetFor, readAfter, readBefore, readHead } from '../log/readPage';
import {
  type ChatContext,
  type Connection,
  type ConnectionContext,
  FINAL_FENCE,
  type JoinResult,
  type UserContext,
} from '../ports/ports';
import {
  byteLength,
  type ClientMessage,
  type Joined,
  LIMITS,
  type Page,
  type Reply,
  type User,
} from '../protocol';
import { errorReply, refusalError } from '../protocol/errorReplies';
import { createCharge, SYNCS, TYPING } from '../rateLimiting/tokenBucket';
import { settleAll } from '../util/settleAll';

/** Another look for a ban is needed where the connection left a room, or was removed from one, since the last. */
const MAX_BAN_LOOKS = 3;

type Ask<A extends ClientMessage['action']> = Extract<ClientMessage, { action: A }>;

/**
 * Puts a connection into a room and gives it what it missed. The member row is written before the log is read,
 * as a send commits before it lists the members: whichever comes second sees the other.
 */
export async function joinRoom(
  context: ChatContext & UserContext,
  asker: Connection,
  message: Ask<'joinRoom'>,
): Promise<Reply> {
  const { room, after } = message;
  const entered = await enterRoom(context, asker, room);
  if ('kind' in entered) return errorReply(message, refusalError(entered));

  if (after !== undefined) context.metrics.increment('Syncs');
  const member = { room, id: asker.id, expiresAt: asker.expiresAt };
  const added = await context.members.add(member, entered.fence);
  if (added === 'late') return errorReply(message, refusalError({ kind: 'notMember' }));
  const company = await readPresence(context, room);
  const users = listUsers(company);
  const [joined] = await settleAll(
    readWhileMember(context, asker, room, () =>
      readJoined(context, room, after, byteLength(JSON.stringify(users))),
    ),
    added === 'new' ? announceJoined(context, room, company.active, asker) : Promise.resolve(),
  );
  if (!joined) {
    await context.members.remove(room, asker.id, entered.fence);
    return errorReply(message, refusalError({ kind: 'notMember' }));
  }
  return { type: 'joined', room, log: context.settings.logId, ...users, ...joined };
}

/** Charges a join, and lets in who was kept out if that is over. */
async function enterRoom(
  context: ChatContext & UserContext,
  asker: Connection,
  room: string,
): Promise<JoinResult> {
  const now = context.clock.now();
  const tryJoin = (clearedFence?: number) =>
    context.connections.join(
      asker.id,
      room,
      createCharge('syncs', SYNCS, now),
      now + context.settings.leaseMs,
      LIMITS.roomsPerConnection,
      clearedFence,
    );
  let entered = await tryJoin();
  for (let look = 0; look < MAX_BAN_LOOKS && 'kind' in entered && entered.kind === 'banned'; look++) {
    if (await context.users.isBanned(asker.user.id, room, now)) return entered;
    entered = await tryJoin(entered.fence);
  }
  return entered;
}

/** Reads something for who is in a room, and gives it only if they are still there when it has been read. */
async function readWhileMember<T>(
  context: ChatContext,
  { id }: Connection,
  room: string,
  read: () => Promise<T>,
): Promise<T | undefined> {
  const value = await read();
  return (await context.connections.isMember(id, room, context.clock.now())) ? value : undefined;
}

async function readJoined(
  context: ChatContext,
  room: string,
  after: number | undefined,
  used: number,
): Promise<Page & Pick<Joined, 'head'>> {
  const budget = budgetFor(LIMITS.pageEntries, used);
  const missed = after === undefined ? undefined : await readAfter(context, room, after, budget);
  if (missed && !missed.reset) {
    const head = missed.more ? await readHead(context, room) : (missed.messages.at(-1)?.seq ?? after ?? 0);
    return { ...missed, head };
  }
  const newest = await readBefore(context, room, undefined, budget);
  return { ...newest, head: newest.messages.at(-1)?.seq ?? 0, ...(missed && { reset: true }) };
}

/** Takes a connection out of a room. Leaving a room it is not in is fine. */
export async function leaveRoom(
  context: ChatContext,
  asker: Connection,
  message: Ask<'leaveRoom'>,
): Promise<Reply> {
  const { room, action } = message;
  const now = context.clock.now();
  const left = await context.connections.leave(
    asker.id,
    room,
    createCharge('syncs', SYNCS, now),
    now + context.settings.leaseMs,
  );
  if ('kind' in left) return errorReply(message, refusalError(left));
  await context.members.remove(room, asker.id, left.fence);
  if (left.wasMember) await announceLeft(context, room, [asker.user]);
  return { type: 'ok', action, room };
}

/** Reads a page of a room's log, for a connection that is in the room. */
export async function getHistory(
  context: ChatContext,
  asker: Connection,
  message: Ask<'getHistory'>,
): Promise<Reply> {
  const { room, before, after, limit = LIMITS.pageEntries } = message;
  const now = context.clock.now();
  const budget = budgetFor(limit);
  const page = await (after === undefined
    ? readBefore(context, room, before, budget)
    : readAfter(context, room, after, budget));
  // Only now: an entry that was written after this connection was put out must not be given to it.
  const charged = await context.connections.charge(
    asker.id,
    room,
    createCharge('syncs', SYNCS, now),
    now + context.settings.leaseMs,
  );
  if (charged !== 'ok') return errorReply(message, refusalError(charged));
  if (after !== undefined) context.metrics.increment('Syncs');
  return { type: 'history', room, ...page };
}

/** Tells a small room that a user is typing. Nothing is stored. */
export async function typing(
  context: ChatContext,
  asker: Connection,
  message: Ask<'typing'>,
): Promise<Reply> {
  const { room, action } = message;
  const now = context.clock.now();
  const charge = createCharge('typing', TYPING, now);
  const charged = await context.connections.charge(asker.id, room, charge, now + context.settings.leaseMs);
  if (charged !== 'ok') return errorReply(message, refusalError(charged));
  const { active } = await readPresence(context, room);
  await announce(context, active, { type: 'typing', room, from: asker.user }, asker.id);
  return { type: 'ok', action, room };
}

/** Forgets a connection that is closed, in every room it was in. */
export function closeConnection(sockets: ConnectionContext, id: string): Promise<void> {
  return closeConnections(sockets, [id]);
}

/**
 * Forgets connections that are closed, in every room they were in; each room is told once of all who left. Of one
 * whose row is gone nobody is told: whoever removed the row has it from there who left, and where.
 */
export async function closeConnections(
  sockets: ConnectionContext,
  gone: readonly string[],
  knownRoom?: string,
): Promise<void> {
  const left = new Map<string, User[]>();
  const remove = async (id: string): Promise<void> => {
    // The connection's row leads to its members' rows: it goes last, so that a repeat finds what is left.
    const revoked = await sockets.connections.revoke(id);
    const rooms = new Set(revoked?.rooms);
    if (knownRoom !== undefined) rooms.add(knownRoom);
    await settleAll(...[...rooms].map((room) => sockets.members.remove(room, id, FINAL_FENCE)));
    const closed = revoked && (await sockets.connections.close(id));
    if (!closed) return;
    sockets.metrics.increment('ConnectionsClosed');
    for (const room of closed.rooms) left.set(room, [...(left.get(room) ?? []), closed.user]);
  };
  try {
    await settleAll(...gone.map(remove));
  } finally {
    await settleAll(...[...left].map(([room, users]) => announceLeft(sockets, room, users)));
  }
}
