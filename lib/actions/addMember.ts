import type { Requester } from '../auth/requester';
import type { ModerationContext } from '../moderation/recordRemoval';
import type { FollowContext } from '../ports/contexts';
import { isDirect, type Reply } from '../protocol';
import { errorReply, FORBIDDEN } from '../protocol/errorReplies';
import type { MessageOf } from '../protocol/frames';
import { chargeModerator } from './chargeModerator';
import { UNKNOWN_USER } from './kick';
import { MAX_FOLLOWS_BY_OTHERS, makeMember, TOO_MANY_BY_OTHERS } from './makeMember';

/** The rooms that the new member follows are counted. */
const ADD_TOKENS = 2;

/** Makes a user a member of a room for a moderator. Refuses an id that no user has. */
export async function addMember(
  context: ModerationContext & FollowContext,
  requester: Requester,
  message: MessageOf<'addMember'>,
): Promise<Reply> {
  const { action, room, user } = message;
  const refused = await chargeModerator(context, requester, message, ADD_TOKENS);
  if (refused) return refused;
  if (isDirect(room)) return errorReply(message, FORBIDDEN);
  if (!(await context.users.isKnown(user))) return errorReply(message, UNKNOWN_USER);
  const follow = { room, since: context.clock.now() };
  const isMade = await makeMember(context, user, follow, MAX_FOLLOWS_BY_OTHERS);
  return isMade ? { type: 'ok', action, room } : errorReply(message, TOO_MANY_BY_OTHERS);
}
