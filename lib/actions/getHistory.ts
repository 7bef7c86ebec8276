import { budgetFor, readAfter, readBefore } from '../log/readPage';
import type { Connection } from '../ports/connectionStore';
import type { ChatContext } from '../ports/contexts';
import { LIMITS, type Reply } from '../protocol';
import { errorReply, refusalError } from '../protocol/errorReplies';
import type { MessageOf } from '../protocol/frames';
import { createCharge, SYNCS } from '../rateLimiting/tokenBucket';

/** Reads a page of a room's log, for a connection that is in the room. */
export async function getHistory(
  context: ChatContext,
  requester: Connection,
  message: MessageOf<'getHistory'>,
): Promise<Reply> {
  const { room, before, after, limit = LIMITS.pageEntries } = message;
  const now = context.clock.now();
  const charged = await context.connections.charge(
    requester.id,
    room,
    createCharge('syncs', SYNCS, now),
    now + context.settings.leaseMs,
  );
  if (charged !== 'ok') return errorReply(message, refusalError(charged));
  const budget = budgetFor(limit);
  const page = await (after === undefined
    ? readBefore(context, room, before, budget)
    : readAfter(context, room, after, budget));
  // Once more: an entry that was written after this connection was removed must not be given to it.
  if (!(await context.connections.isMember(requester.id, room, context.clock.now())))
    return errorReply(message, refusalError({ kind: 'notMember' }));
  if (after !== undefined) context.metrics.increment('Syncs');
  return { type: 'history', room, ...page };
}
