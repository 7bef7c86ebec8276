import { announceChanges } from '../connections/announcements';
import { readHead } from '../log/readPage';
import type { Connection, RoomSet } from '../ports/connectionStore';
import type { ChatContext, ConnectionRoomContext } from '../ports/contexts';
import type { Reply } from '../protocol';
import { errorReply, refusalError } from '../protocol/errorReplies';
import type { MessageOf } from '../protocol/frames';
import { mayAnnounce } from '../rateLimiting/joinQuota';
import { createCharge, SYNCS } from '../rateLimiting/tokenBucket';
import { settleAll } from '../util/settleAll';

/** Rooms that a ping tells of earlier joins and leaves, which were above their user's rate. */
const MAX_TOLD = 10;

/** A ping is due this long before the lease ends: it may be late, or be sent again. */
const MARGIN_MS = 30_000;

/** API Gateway ends a connection after ten minutes without a frame. */
const MAX_QUIET_MS = 9 * 60_000;

/** Number of rooms in a ping that cost one token. Each room is a read. */
const ROOMS_PER_TOKEN = 5;

/**
 * Answers a ping: renews the lease, and tells which rooms have entries above their cursor and which were never joined.
 * Two calls however many rooms, and two more for each room that is behind.
 */
export async function ping(
  context: ChatContext & ConnectionRoomContext,
  requester: Connection,
  message: MessageOf<'ping'>,
): Promise<Reply> {
  const now = context.clock.now();
  const cursors = Object.entries(message.rooms);
  const tokens = Math.max(1, cursors.length / ROOMS_PER_TOKEN);
  const renewed = await context.connections.renewLease(
    requester.id,
    createCharge(SYNCS, now, tokens),
    now + context.settings.leaseMs,
  );
  if ('kind' in renewed) return errorReply(message, refusalError(renewed));
  const joined = new Set(Object.keys(message.rooms).filter((room) => renewed.rooms.has(room)));
  if (renewed.hasUntold) await tellUntold(context, requester, renewed.rooms);

  const next = new Map(
    cursors.filter(([room]) => joined.has(room)).map(([room, cursor]) => [room, cursor + 1]),
  );
  const behind = next.size > 0 ? await context.log.roomsBeyond(next) : [];
  const [heads, areIn] = await settleAll(
    settleAll(...behind.map((room) => readHead(context, room))),
    // A join that died between its two writes left the connection without posts.
    settleAll(...behind.map((room) => context.members.has(room, requester.id))),
  );
  for (const [i, room] of behind.entries()) if (!areIn[i]) joined.delete(room);
  return {
    type: 'pong',
    log: context.settings.logId,
    behind: Object.fromEntries(behind.map((room, i) => [room, heads[i] ?? 0])),
    notJoined: Object.keys(message.rooms).filter((room) => !joined.has(room)),
    pingWithinMs: Math.max(0, Math.min(MAX_QUIET_MS, context.settings.leaseMs - MARGIN_MS)),
  };
}

/** Tells rooms of joins and leaves that were above the user's rate: whether the user is there now. */
async function tellUntold(
  context: ChatContext & ConnectionRoomContext,
  { id, user }: Connection,
  joined: RoomSet,
): Promise<void> {
  if (!(await mayAnnounce(context, user))) return;
  const rooms = (await context.connections.listUntold(id)).slice(0, MAX_TOLD);
  if (rooms.length === 0) return;
  await context.connections.clearUntold(id, rooms);
  const told = (isHere: boolean) =>
    new Map(rooms.filter((room) => joined.has(room) === isHere).map((room) => [room, [user]]));
  await settleAll(
    announceChanges(context, told(true), 'memberJoined'),
    announceChanges(context, told(false), 'memberLeft'),
  );
}
