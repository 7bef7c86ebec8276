import { readHead } from '../log/readPage';
import type { Connection } from '../ports/connectionStore';
import type { ChatContext } from '../ports/contexts';
import type { Reply } from '../protocol';
import { errorReply, refusalError } from '../protocol/errorReplies';
import type { MessageOf } from '../protocol/frames';
import { createCharge, SYNCS } from '../rateLimiting/tokenBucket';
import { settleAll } from '../util/settleAll';

/** Each room of a ping is a read: so many cost a token. */
const ROOMS_PER_TOKEN = 5;

/**
 * Answers a ping: renews the lease, and tells which rooms have entries above their cursor and which were never joined.
 * Two calls however many rooms, and one more for each room that is behind.
 */
export async function ping(
  context: ChatContext,
  requester: Connection,
  message: MessageOf<'ping'>,
): Promise<Reply> {
  const now = context.clock.now();
  const cursors = Object.entries(message.rooms);
  const tokens = Math.max(1, cursors.length / ROOMS_PER_TOKEN);
  const renewed = await context.connections.renewLease(
    requester.id,
    createCharge('syncs', SYNCS, now, tokens),
    now + context.settings.leaseMs,
  );
  if ('kind' in renewed) return errorReply(message, refusalError(renewed));
  const joined = new Set(renewed.rooms);

  const next = new Map(
    cursors.filter(([room]) => joined.has(room)).map(([room, cursor]) => [room, cursor + 1]),
  );
  const behind = next.size > 0 ? await context.log.roomsBeyond(next) : [];
  const heads = await settleAll(...behind.map((room) => readHead(context, room)));
  return {
    type: 'pong',
    log: context.settings.logId,
    behind: Object.fromEntries(behind.map((room, i) => [room, heads[i] ?? 0])),
    notJoined: Object.keys(message.rooms).filter((room) => !joined.has(room)),
  };
}
