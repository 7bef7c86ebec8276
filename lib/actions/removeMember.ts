import { hasPermission } from '../auth/permissions';
import type { Requester } from '../auth/requester';
import { evict } from '../moderation/evict';
import { type ModerationContext, type Removal, recordRemoval } from '../moderation/recordRemoval';
import type { FollowContext } from '../ports/contexts';
import { isDirect, type Reply } from '../protocol';
import { errorReply, FORBIDDEN } from '../protocol/errorReplies';
import type { MessageOf } from '../protocol/frames';
import { chargeModerator } from './chargeModerator';
import { chargeOutside } from './chargeOutside';
import { UNKNOWN_USER } from './kick';
import { tellOwnConnections } from './tellOwnConnections';

/** Ends a user's membership of a room: for a moderator, or for the user, who needs no right to leave. */
export async function removeMember(
  context: ModerationContext & FollowContext,
  requester: Requester,
  message: MessageOf<'removeMember'>,
): Promise<Reply> {
  const { action, room, user } = message;
  const { permissions, user: by } = requester;
  const isOwn = user === by.id;
  if (!isOwn && (isDirect(room) || !hasPermission(permissions, 'moderate', room)))
    return errorReply(message, FORBIDDEN);
  const charge = isOwn ? chargeOutside : chargeModerator;
  const refused = await charge(context, requester, message);
  if (refused) return refused;
  const wasListed = await endMembership(context, room, { user, by });
  // A repeat finds the user no more; a name in place of an id was never there.
  if (!wasListed && !isOwn && !(await context.users.isKnown(user))) return errorReply(message, UNKNOWN_USER);
  return { type: 'ok', action, room };
}

/**
 * Ends a user's membership of a room. It removes the membership, the permissions, the member rows, and writes the entry,
 * in this order. So nothing above that entry reaches the user, and nothing of theirs comes above it. It writes nothing
 * about a user who is no listed member; tells whether the user was one.
 * @throws Unavailable when the outcome is unknown; the same again finishes it.
 */
async function endMembership(
  context: ModerationContext & FollowContext,
  room: string,
  order: Removal,
): Promise<boolean> {
  const { user } = order;
  if (!(await context.memberships.remove(user, room))) return false;
  const out = await evict(context, room, await context.users.readConnections(user));
  await recordRemoval(context, room, order, out);
  if (await context.follows.remove(user, room))
    await tellOwnConnections(context, user, undefined, { type: 'roomRemoved', room });
  await context.memberships.finishRemoval(user, room);
  return true;
}
