import { announceLeft } from '../connections/announcements';
import type { Connection } from '../ports/connectionStore';
import type { ChatContext, ConnectionRoomContext } from '../ports/contexts';
import type { Reply } from '../protocol';
import { errorReply, refusalError } from '../protocol/errorReplies';
import type { MessageOf } from '../protocol/frames';
import { chargeJoin, mayAnnounce } from '../rateLimiting/joinQuota';
import { createCharge, SYNCS } from '../rateLimiting/tokenBucket';

/** Takes a connection out of a room. Leaving a room it is not in is fine. */
export async function leaveRoom(
  context: ChatContext & ConnectionRoomContext,
  requester: Connection,
  message: MessageOf<'leaveRoom'>,
): Promise<Reply> {
  const { room, action } = message;
  const now = context.clock.now();
  let charge = createCharge(SYNCS, now);
  const quota = await chargeJoin(context, requester.user, async () => {
    const foreseen = await context.connections.foreseeLeave(requester.id, charge);
    if ('kind' in foreseen) return foreseen;
    charge = { ...charge, way: foreseen.way };
    return undefined;
  });
  if (quota !== 'ok') return errorReply(message, refusalError(quota));
  const until = now + context.settings.leaseMs;
  const left = await context.connections.leave(requester.id, room, charge, until);
  if ('kind' in left) return errorReply(message, refusalError(left));
  await context.members.remove(room, requester.id, left.fence);
  await context.connections.finishLeave(requester.id, room);
  if (left.wasMember) {
    if (await mayAnnounce(context, requester.user)) await announceLeft(context, room, [requester.user]);
    else await context.connections.noteUntold(requester.id, room);
  }
  return { type: 'ok', action, room };
}
