import type { Connection } from '../ports/connectionStore';
import type { ChatContext, DraftContext } from '../ports/contexts';
import type { Reply } from '../protocol';
import { type ErrorDetails, errorReply } from '../protocol/errorReplies';
import type { MessageOf } from '../protocol/frames';
import { SYNCS } from '../rateLimiting/tokenBucket';
import { chargeMember, refuseFormerMember } from './chargeMember';

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
  const refused = await chargeMember(context, requester, message, SYNCS);
  if (refused) return refused;

  const found = await context.drafts.read(room, of, user, context.clock.now());
  const former = await refuseFormerMember(context, requester, room);
  if (former) return errorReply(message, former);
  return found ? { type: 'draft', room, of, offset: 0, ...found } : errorReply(message, NOTHING);
}
