import { isForMembers } from '../auth/permissions';
import type { Requester } from '../auth/requester';
import { isOutsider } from '../moderation/roomAccess';
import type { ChatContext, ConnectionRoomContext, ListedMemberContext } from '../ports/contexts';
import type { Action, Reply } from '../protocol';
import { FORBIDDEN, judged } from '../protocol/errorReplies';
import { chargeOutside } from './chargeOutside';

/** Charges a moderator, who need not be in the room; gives the refusal. In a private room only its members moderate. */
export async function chargeModerator(
  context: ChatContext & ConnectionRoomContext & ListedMemberContext,
  requester: Requester,
  message: { action: Action; room: string },
  tokens = 1,
): Promise<Reply | undefined> {
  const { user, permissions } = requester;
  const { room } = message;
  return chargeOutside(context, requester, message, tokens, async () => {
    const rules = await context.roomSettings.read(room);
    const isOut = await isOutsider(context, user, isForMembers(permissions, room), room, rules);
    return judged(isOut ? FORBIDDEN : undefined);
  });
}
