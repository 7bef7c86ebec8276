import type { Connection } from '../ports/connectionStore';
import type { ChatContext, FollowContext, UserContext } from '../ports/contexts';
import type { Reply, User } from '../protocol';
import type { MessageOf } from '../protocol/frames';
import { chargeOutside } from './chargeOutside';
import { tellOwnConnections } from './tellOwnConnections';

/** Makes the user of a connection follow a room no longer, and charges the connection. It needs no right. */
export async function unfollow(
  context: ChatContext & UserContext & FollowContext,
  requester: Connection,
  message: MessageOf<'unfollow'>,
): Promise<Reply> {
  const refused = await chargeOutside(context, requester, message);
  return refused ?? unfollowRoom(context, requester.user, message, requester.id);
}

/** Makes a user follow a room no longer, which takes no connection out of it. The connections but `by` are told. */
export async function unfollowRoom(
  context: ChatContext & UserContext & FollowContext,
  user: User,
  message: MessageOf<'unfollow'>,
  by?: string,
): Promise<Reply> {
  const { action, room } = message;
  const wasFollowed = await context.follows.remove(user.id, room);
  if (wasFollowed) await tellOwnConnections(context, user, by, { type: 'roomRemoved', room });
  return { type: 'ok', action, room };
}
