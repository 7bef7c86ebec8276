import type { ConnectionContext, FollowContext, ListedMemberContext, UserContext } from '../ports/contexts';
import type { NewFollow } from '../ports/followStore';
import { isGuest } from '../protocol';
import type { ErrorDetails } from '../protocol/errorReplies';
import { GUEST_FOLLOW_MS } from './follow';
import { tellOwnConnections } from './tellOwnConnections';

/** Others can make a user follow this many rooms at most: the user chooses the rest. */
export const MAX_FOLLOWS_BY_OTHERS = 400;

export const TOO_MANY_BY_OTHERS: ErrorDetails = {
  code: 'tooMany',
  message: 'This user follows as many rooms as others may add the user to.',
};

/**
 * Makes a user a listed member and a follower of a room, and tells the user's connections. Tells whether the
 * user may follow one more room: if not, nothing changes. The same again finishes what failed.
 */
export async function makeMember(
  context: ConnectionContext & UserContext & ListedMemberContext & FollowContext,
  user: string,
  follow: NewFollow,
  maxRooms: number,
): Promise<boolean> {
  const { room, since, with: other } = follow;
  const row = { ...follow, ...(isGuest({ id: user }) && { expiresAt: since + GUEST_FOLLOW_MS }) };
  const followed = await context.follows.add(user, row, maxRooms, since);
  if (followed === 'tooMany') return false;
  const isNew = await context.memberships.add(user, { room, since });
  if (isNew || followed === 'new')
    await tellOwnConnections(context, user, undefined, {
      type: 'roomAdded',
      ...{ room, since },
      ...(other !== undefined && { with: other }),
    });
  return true;
}
