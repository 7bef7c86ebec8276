import type { ModerationContext } from '../moderation/recordRemoval';
import type { Connection } from '../ports/connectionStore';
import type { Reply } from '../protocol';
import { errorReply, refusalError } from '../protocol/errorReplies';
import type { MessageOf } from '../protocol/frames';
import { createCharge, SYNCS } from '../rateLimiting/tokenBucket';

/** Charges a moderator's frame, which is about somebody else and may be about a room one is not in. */
export async function chargeModerator(
  context: ModerationContext,
  requester: Connection,
  message: MessageOf<'kick' | 'unban'>,
): Promise<Reply | undefined> {
  const now = context.clock.now();
  const charged = await context.connections.renewLease(
    requester.id,
    createCharge('syncs', SYNCS, now),
    now + context.settings.leaseMs,
  );
  return 'kind' in charged ? errorReply(message, refusalError(charged)) : undefined;
}
