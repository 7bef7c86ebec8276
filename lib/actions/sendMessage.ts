import { appendAndAcknowledge, draftMessage } from '../delivery/appendAndAcknowledge';
import { findDuplicate, findRecentDuplicate } from '../log/findDuplicate';
import type { Connection } from '../ports/connectionStore';
import type { PublishContext, SendQuotaContext } from '../ports/contexts';
import type { Reply } from '../protocol';
import { errorReply, refusalError } from '../protocol/errorReplies';
import type { MessageOf } from '../protocol/frames';
import { chargeSend } from '../rateLimiting/sendQuota';

/**
 * Publishes a message: commits it to the log, fans it out, and acknowledges it. The sender's own connection
 * gets the acknowledgement instead of the message. The charge comes first, and with it the check of membership: a send
 * that is refused reads nothing.
 */
export async function sendMessage(
  context: PublishContext & SendQuotaContext,
  sender: Connection,
  message: MessageOf<'sendMessage'>,
): Promise<Reply> {
  const now = context.clock.now();
  const send = draftMessage(message, sender.user);
  const charged = await chargeSend(context, sender, message, now);
  const isLimited = charged !== 'ok' && charged.kind === 'rateLimited';
  const search = isLimited ? findRecentDuplicate(context, send) : undefined;
  if (charged !== 'ok' && !search) return errorReply(message, refusalError(charged));

  const isStillAllowed = () => context.connections.isMember(sender.id, send.room, context.clock.now());
  return appendAndAcknowledge(context, send, search ?? (await findDuplicate(context, send)), {
    began: now,
    except: sender.id,
    isLimited,
    isStillAllowed,
  });
}
