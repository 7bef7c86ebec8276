import type { Requester } from '../auth/requester';
import { muteUser, unmuteUser } from '../moderation/muteUser';
import type { ModerationContext } from '../moderation/recordRemoval';
import type { Reply } from '../protocol';
import { errorReply } from '../protocol/errorReplies';
import type { MessageOf } from '../protocol/frames';
import { chargeModerator } from './chargeModerator';
import { UNKNOWN_USER } from './kick';

/** Lets a user read a room and not write in it, for a moderator. Refuses an id that no user has; 0 ends any mute. */
export async function mute(
  context: ModerationContext,
  requester: Requester,
  message: MessageOf<'mute'>,
): Promise<Reply> {
  const { action, room, user, forMs } = message;
  const refused = await chargeModerator(context, requester, message);
  if (refused) return refused;
  if (forMs === 0) await unmuteUser(context, room, user);
  else {
    if (!(await context.users.isKnown(user))) return errorReply(message, UNKNOWN_USER);
    await muteUser(context, room, { user, until: context.clock.now() + forMs, by: requester.user });
  }
  return { type: 'ok', action, room };
}
