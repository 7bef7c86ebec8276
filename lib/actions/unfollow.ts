import type { Connection } from '../ports/connectionStore';
import type { ChatContext, ConnectionRoomContext, FollowContext, UserContext } from '../ports/contexts';
import type { Reply } from '../protocol';
import type { MessageOf } from '../protocol/frames';
import { chargeOutside } from './chargeOutside';
import { tellOwnConnections } from './tellOwnConnections';

/**
 * Makes the user of a connection follow a room no longer, and charges the connection. It needs no right, and takes no
 * connection out of the room. The user's other connections are told.
 */
export async function unfollow(
  context: ChatContext & ConnectionRoomContext & UserContext & FollowContext,
  requester: Connection,
  message: MessageOf<'unfollow'>,
): Promise<Reply> {
  const refused = await chargeOutside(context, requester, message);
  if (refused) return refused;
  const { action, room } = message;
  const wasFollowed = await context.follows.remove(requester.user.id, room);
  if (wasFollowed)
    await tellOwnConnections(context, requester.user.id, requester.id, { type: 'roomRemoved', room });
  return { type: 'ok', action, room };
}
