import type { Requester } from '../auth/requester';
import { appendAndAcknowledge } from '../delivery/appendAndAcknowledge';
import { draftOf, type SendDraft } from '../delivery/entryDrafts';
import { findDuplicate, findRecentDuplicate } from '../log/findDuplicate';
import { refuseByRules } from '../moderation/roomRules';
import type { PublishContext, SendQuotaContext } from '../ports/contexts';
import type { Reply } from '../protocol';
import { errorReply, judged, refusalError } from '../protocol/errorReplies';
import type { MessageOf } from '../protocol/frames';
import { chargeSend } from '../rateLimiting/sendQuota';
import { changeRights } from './editAndDeleteRights';
import { searchThenPrepare } from './searchThenPrepare';

/**
 * Publishes a message, an edit or a deletion: commits it to the log, fans it out, and acknowledges it. The sender's own
 * connection gets the acknowledgement instead of the entry. The charge comes first, and with it the check of
 * membership: a send that is refused reads nothing.
 */
export async function sendMessage(
  context: PublishContext & SendQuotaContext,
  sender: Requester,
  message: MessageOf<SendDraft['action']>,
): Promise<Reply> {
  const now = context.clock.now();
  const send = draftOf(message, sender.user);
  const rights = changeRights(sender.permissions, send.room);
  const charged = await chargeSend(context, sender, message, now, async () =>
    judged(await refuseByRules(context, message, sender.user.id, rights)),
  );
  // What this container remembers is acknowledged without a call.
  const isLimited = charged !== 'ok' && (charged.kind === 'judged' || charged.kind === 'rateLimited');
  const recent = isLimited ? findRecentDuplicate(context, send) : undefined;
  if (charged !== 'ok' && !recent) return errorReply(message, refusalError(charged));
  const prepared = recent
    ? { draft: send, search: recent }
    : await searchThenPrepare(context, message, send, rights, (options) =>
        findDuplicate(context, send, options),
      );
  if ('code' in prepared) return errorReply(message, prepared);
  return appendAndAcknowledge(context, prepared, {
    began: now,
    except: sender.id,
    isLimited,
    isStillAllowed: () => context.connections.isMember(sender.id, send.room, context.clock.now()),
  });
}
