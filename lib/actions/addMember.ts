import type { Requester } from '../auth/requester';
import type { ModerationContext } from '../moderation/recordRemoval';
import type { FollowContext } from '../ports/contexts';
import { isDirect, isGuest, type Reply } from '../protocol';
import { type ErrorDetails, errorReply, FORBIDDEN } from '../protocol/errorReplies';
import type { MessageOf } from '../protocol/frames';
import { chargeModerator } from './chargeModerator';
import { GUEST_FOLLOW_MS } from './follow';
import { UNKNOWN_USER } from './kick';
import { tellOwnConnections } from './tellOwnConnections';

/** The rooms that the new member follows are counted. */
const ADD_TOKENS = 2;

/** Others can make a user follow this many rooms at most: the user chooses the rest. */
const MAX_FOLLOWS_BY_OTHERS = 400;

const TOO_MANY: ErrorDetails = {
  code: 'tooMany',
  message: 'This user follows as many rooms as others may add the user to.',
};

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
  const failed = await makeMember(context, room, user);
  return failed ? errorReply(message, failed) : { type: 'ok', action, room };
}

/**
 * Makes a user a listed member and a follower of a room, and tells the user's connections. The same again finishes what
 * failed.
 */
async function makeMember(
  context: ModerationContext & FollowContext,
  room: string,
  user: string,
): Promise<ErrorDetails | undefined> {
  const { clock, follows, memberships } = context;
  const since = clock.now();
  const row = { room, since, ...(isGuest({ id: user }) && { expiresAt: since + GUEST_FOLLOW_MS }) };
  const followed = await follows.add(user, row, MAX_FOLLOWS_BY_OTHERS, since);
  if (followed === 'tooMany') return TOO_MANY;
  const isNew = await memberships.add(user, { room, since });
  if (isNew || followed === 'new')
    await tellOwnConnections(context, user, undefined, { type: 'roomAdded', room, since });
  return undefined;
}
