import { hasPermission } from '../auth/permissions';
import type { Requester } from '../auth/requester';
import { appendAndAcknowledge } from '../delivery/appendAndAcknowledge';
import { type Draft, draftOf } from '../delivery/entryDrafts';
import { type DuplicateSearch, findDuplicate, findRecentDuplicate } from '../log/findDuplicate';
import type { PublishContext, SendQuotaContext } from '../ports/contexts';
import type { Reply } from '../protocol';
import { errorReply, refusalError } from '../protocol/errorReplies';
import type { MessageOf } from '../protocol/frames';
import { chargeSend } from '../rateLimiting/sendQuota';
import { prepareDraft } from './prepareDraft';

/**
 * Publishes a message, an edit or a deletion: commits it to the log, fans it out, and acknowledges it. The sender's own
 * connection gets the acknowledgement instead of the entry. The charge comes first, and with it the check of
 * membership: a send that is refused reads nothing.
 */
export async function sendMessage(
  context: PublishContext & SendQuotaContext,
  sender: Requester,
  message: MessageOf<Draft['action']>,
): Promise<Reply> {
  const now = context.clock.now();
  const send = draftOf(message, sender.user);
  const charged = await chargeSend(context, sender, message, now);
  const isLimited = charged !== 'ok' && charged.kind === 'rateLimited';
  const recent = isLimited ? findRecentDuplicate(context, send) : undefined;
  if (charged !== 'ok' && !recent) return errorReply(message, refusalError(charged));

  const search = recent ?? (await findDuplicate(context, send));
  const isStillAllowed = () => context.connections.isMember(sender.id, send.room, context.clock.now());
  const append = (draft: Draft, found: DuplicateSearch, isReplaced = false) =>
    appendAndAcknowledge(context, draft, found, {
      began: now,
      except: sender.id,
      isLimited,
      isReplaced,
      isStillAllowed,
    });
  if (search.kind !== 'notFound') return append(send, search);

  const { permissions, user } = sender;
  const prepared = await prepareDraft(context, message, user, {
    mayWrite: hasPermission(permissions, 'write', message.room),
    mayModerate: hasPermission(permissions, 'moderate', message.room),
  });
  if ('code' in prepared) {
    // What an earlier attempt did is no reason to refuse it: the memory may not know of it yet.
    const again = await findDuplicate(context, send, { inMemory: false });
    return again.kind === 'notFound' ? errorReply(message, prepared) : append(send, again);
  }
  return append(prepared.draft, search, prepared.isReplaced);
}
