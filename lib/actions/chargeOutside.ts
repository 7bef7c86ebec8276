import type { Connection } from '../ports/connectionStore';
import type { ChatContext, ConnectionRoomContext } from '../ports/contexts';
import type { Judge } from '../ports/tokenBucketCharge';
import type { Action, Reply } from '../protocol';
import { errorReply, refusalError } from '../protocol/errorReplies';
import { createCharge, SYNCS } from '../rateLimiting/tokenBucket';

/** Charges a frame of a connection that need not be in the room; gives the refusal. */
export async function chargeOutside(
  context: ChatContext & ConnectionRoomContext,
  requester: Connection,
  message: { action: Action },
  tokens = 1,
  judge?: Judge,
): Promise<Reply | undefined> {
  const now = context.clock.now();
  const charged = await context.connections.renewLease(
    requester.id,
    createCharge(SYNCS, now, tokens),
    now + context.settings.leaseMs,
    judge,
  );
  return 'kind' in charged ? errorReply(message, refusalError(charged)) : undefined;
}
