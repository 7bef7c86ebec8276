import { readHead } from '../log/readPage';
import type { Connection } from '../ports/connectionStore';
import type { ChatContext } from '../ports/contexts';
import type { Reply } from '../protocol';
import { errorReply, refusalError } from '../protocol/errorReplies';
import type { MessageOf } from '../protocol/frames';
import { createCharge, SYNCS } from '../rateLimiting/tokenBucket';
import { settleAll } from '../util/settleAll';

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
  const next = new Map(cursors.map(([room, cursor]) => [room, cursor + 1]));
  const [renewed, reached] = await settleAll(
    context.connections.renewLease(
      requester.id,
      createCharge('syncs', SYNCS, now),
      now + context.settings.leaseMs,
    ),
    next.size > 0 ? context.log.roomsBeyond(next) : Promise.resolve([]),
  );
  if ('kind' in renewed) return errorReply(message, refusalError(renewed));
  const { rooms: joined } = renewed;

  const behind = reached.filter((room) => joined.includes(room));
  const heads = await settleAll(...behind.map((room) => readHead(context, room)));
  return {
    type: 'pong',
    log: context.settings.logId,
    behind: Object.fromEntries(behind.map((room, i) => [room, heads[i] ?? 0])),
    notJoined: [...next.keys()].filter((room) => !joined.includes(room)),
  };
}
