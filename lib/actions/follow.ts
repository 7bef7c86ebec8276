import { isForMembers } from '../auth/permissions';
import type { Requester } from '../auth/requester';
import { isOutsider } from '../moderation/roomAccess';
import type {
  ChatContext,
  ConnectionRoomContext,
  FollowContext,
  ListedMemberContext,
  UserContext,
} from '../ports/contexts';
import { isGuest, LIMITS, type Reply, type User } from '../protocol';
import { type ErrorDetails, errorReply, FORBIDDEN, judged } from '../protocol/errorReplies';
import type { MessageOf } from '../protocol/frames';
import { chargeOutside } from './chargeOutside';
import { tellOwnConnections } from './tellOwnConnections';

/** The rooms that a user follows are counted. */
const FOLLOW_TOKENS = 2;

/** What a guest follows stays this long after the guest last looked at the list, in milliseconds, and a month less. */
export const GUEST_FOLLOW_MS = 90 * 24 * 3_600_000;

export const TOO_MANY: ErrorDetails = {
  code: 'tooMany',
  message: `A user may follow ${LIMITS.followsPerUser} rooms: unfollow one first.`,
};

/** Makes the user of a connection follow a room, and charges the connection. */
export async function follow(
  context: ChatContext & ConnectionRoomContext & UserContext & FollowContext & ListedMemberContext,
  requester: Requester,
  message: MessageOf<'follow'>,
): Promise<Reply> {
  const { user, permissions } = requester;
  const { room } = message;
  const refused = await chargeOutside(context, requester, message, FOLLOW_TOKENS, async () => {
    const isOut = await isOutsider(context, user, isForMembers(permissions, room), room);
    return judged(isOut ? FORBIDDEN : undefined);
  });
  return refused ?? followRoom(context, user, message, requester.id);
}

/** Makes a user follow a room, which joins no connection to it. The user's connections but `by` are told. */
async function followRoom(
  context: ChatContext & ConnectionRoomContext & UserContext & FollowContext & ListedMemberContext,
  user: User,
  message: MessageOf<'follow'>,
  by?: string,
): Promise<Reply> {
  const { action, room } = message;
  const now = context.clock.now();
  const row = { room, since: now, ...(isGuest(user) && { expiresAt: now + GUEST_FOLLOW_MS }) };
  const outcome = await context.follows.add(user.id, row, LIMITS.followsPerUser, now);
  if (outcome === 'tooMany') return errorReply(message, TOO_MANY);
  if (outcome === 'new')
    await tellOwnConnections(context, user.id, by, { type: 'roomAdded', room, since: now });
  return { type: 'ok', action, room };
}
