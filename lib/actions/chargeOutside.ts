import type { Connection } from '../ports/connectionStore';
import type { ChatContext, ConnectionRoomContext } from '../ports/contexts';
import type { Judge } from '../ports/tokenBucketCharge';
import type { Reply } from '../protocol';
import { errorReply, refusalError } from '../protocol/errorReplies';
import type { MessageOf } from '../protocol/frames';
import { createCharge, SYNCS } from '../rateLimiting/tokenBucket';

type Outside =
  | 'kick'
  | 'unban'
  | 'mute'
  | 'setRoom'
  | 'addMember'
  | 'removeMember'
  | 'getBans'
  | 'getMembers'
  | 'follow'
  | 'unfollow'
  | 'getRooms';

/** Charges a frame of a connection that need not be in the room; gives the refusal. */
export async function chargeOutside(
  context: ChatContext & ConnectionRoomContext,
  requester: Connection,
  message: MessageOf<Outside>,
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
