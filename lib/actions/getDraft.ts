import type { Connection } from '../ports/connectionStore';
import type { ChatContext, DraftContext } from '../ports/contexts';
import type { Reply } from '../protocol';
import { type ErrorDetails, errorReply, refusalError } from '../protocol/errorReplies';
import type { MessageOf } from '../protocol/frames';
import { createCharge, SYNCS } from '../rateLimiting/tokenBucket';

const NOTHING: ErrorDetails = {
  code: 'gone',
  message: 'Nothing is being written there.',
};

/** Reads a text that is being written, for a connection that is in the room. */
export async function getDraft(
  context: ChatContext & DraftContext,
  requester: Connection,
  message: MessageOf<'getDraft'>,
): Promise<Reply> {
  const { room, of, user } = message;
  const { connections, clock, drafts, settings } = context;
  const now = clock.now();
  const charge = createCharge('syncs', SYNCS, now);
  const charged = await connections.charge(requester.id, room, charge, now + settings.leaseMs);
  if (charged !== 'ok') return errorReply(message, refusalError(charged));

  const found = await drafts.read(room, of, user, now);
  // Once more: what was written after this connection was removed must not be given to it.
  if (!(await connections.isMember(requester.id, room, clock.now())))
    return errorReply(message, refusalError({ kind: 'notMember' }));
  return found ? { type: 'draft', room, of, offset: 0, ...found } : errorReply(message, NOTHING);
}
