import type { Requester } from '../auth/requester';
import type { ModerationContext } from '../moderation/recordRemoval';
import type { Reply } from '../protocol';
import type { MessageOf } from '../protocol/frames';
import { chargeModerator } from './chargeModerator';

/** Lets a user into a room again. */
export async function unban(
  context: ModerationContext,
  requester: Requester,
  message: MessageOf<'unban'>,
): Promise<Reply> {
  const { action, room, user } = message;
  const refused = await chargeModerator(context, requester, message);
  if (refused) return refused;
  await context.users.removeBan(user, room);
  return { type: 'ok', action, room };
}
