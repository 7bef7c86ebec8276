import { createHash } from 'node:crypto';
import { hasPermission } from '../auth/permissions';
import type { Requester } from '../auth/requester';
import type {
  ChatContext,
  ConnectionRoomContext,
  FollowContext,
  ListedMemberContext,
  UserContext,
} from '../ports/contexts';
import { DIRECT_PREFIX, LIMITS, type Reply } from '../protocol';
import { errorReply, FORBIDDEN } from '../protocol/errorReplies';
import type { MessageOf } from '../protocol/frames';
import { chargeOutside } from './chargeOutside';
import { TOO_MANY } from './follow';
import { UNKNOWN_USER } from './kick';
import { MAX_FOLLOWS_BY_OTHERS, makeMember, TOO_MANY_BY_OTHERS } from './makeMember';

/** The rooms of both users are counted. */
const DIRECT_TOKENS = 4;

/** 200 bits: nobody finds two users whose room is that of two others. */
const HASH_CHARACTERS = 50;

/** Opens the direct room of the connection's user and another one: both are listed members of it and follow it. */
export async function openDirect(
  context: ChatContext & ConnectionRoomContext & UserContext & FollowContext & ListedMemberContext,
  requester: Requester,
  message: MessageOf<'openDirect'>,
): Promise<Reply> {
  const { user: self, permissions } = requester;
  const room = directRoomOf(self.id, message.user);
  if (!hasPermission(permissions, 'write', room)) return errorReply(message, FORBIDDEN);
  const refused = await chargeOutside(context, requester, message, DIRECT_TOKENS);
  if (refused) return refused;
  if (!(await context.users.isKnown(message.user))) return errorReply(message, UNKNOWN_USER);

  const since = context.clock.now();
  const ofOther = { room, since, with: self.id };
  // Who is a member already may have unfollowed the room.
  const isMember = (await context.memberships.findRooms(message.user, [room])).has(room);
  if (!isMember && !(await makeMember(context, message.user, ofOther, MAX_FOLLOWS_BY_OTHERS)))
    return errorReply(message, TOO_MANY_BY_OTHERS);
  const own = { room, since, with: message.user };
  if (!(await makeMember(context, self.id, own, LIMITS.followsPerUser))) return errorReply(message, TOO_MANY);
  return { type: 'direct', room, with: message.user };
}

/** The name of two users' direct room: the same for both, so both may open it at once. */
function directRoomOf(a: string, b: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([a, b].sort()))
    .digest('hex');
  return `${DIRECT_PREFIX}${hash.slice(0, HASH_CHARACTERS)}`;
}
