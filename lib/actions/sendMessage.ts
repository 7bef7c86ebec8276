import { appendAndAcknowledge, draftMessage } from '../delivery/appendAndAcknowledge';
import { findDuplicate } from '../log/findDuplicate';
import type { Connection } from '../ports/connectionStore';
import type { PublishContext, SendQuotaContext } from '../ports/contexts';
import type { Reply } from '../protocol';
import { errorReply, refusalError } from '../protocol/errorReplies';
import type { MessageOf } from '../protocol/frames';
import { chargeSend } from '../rateLimiting/sendQuota';
import { settleAll } from '../util/settleAll';

/**
 * Publishes a message: commits it to the log, fans it out, and acknowledges it. The sender's own connection
 * gets the acknowledgement instead of the message.
 */
export async function sendMessage(
  context: PublishContext & SendQuotaContext,
  sender: Connection,
  message: MessageOf<'sendMessage'>,
): Promise<Reply> {
  const now = context.clock.now();
  const send = draftMessage(message, sender.user);
  const [search, charged] = await settleAll(
    findDuplicate(context, send),
    chargeSend(context, sender, send.room, now),
  );
  const isLimited = charged !== 'ok' && charged.kind === 'rateLimited';
  if (charged !== 'ok' && !(isLimited && search.kind === 'duplicate'))
    return errorReply(message, refusalError(charged));

  const isStillAllowed = () => context.connections.isMember(sender.id, send.room, context.clock.now());
  return appendAndAcknowledge(context, send, search, {
    began: now,
    except: sender.id,
    isLimited,
    isStillAllowed,
  });
}
