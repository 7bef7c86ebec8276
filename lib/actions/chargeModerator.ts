import type { Connection } from '../ports/connectionStore';
import type { ChatContext } from '../ports/contexts';
import type { Reply } from '../protocol';
import { errorReply, refusalError } from '../protocol/errorReplies';
import type { MessageOf } from '../protocol/frames';
import { createCharge, SYNCS } from '../rateLimiting/tokenBucket';

/** Charges a moderator's frame. The moderator need not be a member of the room. */
export async function chargeModerator(
  context: ChatContext,
  requester: Connection,
  message: MessageOf<'kick' | 'unban' | 'getBans' | 'getMembers'>,
): Promise<Reply | undefined> {
  const now = context.clock.now();
  const charged = await context.connections.renewLease(
    requester.id,
    createCharge('syncs', SYNCS, now),
    now + context.settings.leaseMs,
  );
  return 'kind' in charged ? errorReply(message, refusalError(charged)) : undefined;
}
