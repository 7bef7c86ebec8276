import type { ModerationContext } from '../moderation/recordRemoval';
import type { Connection } from '../ports/connectionStore';
import type { Reply } from '../protocol';
import type { MessageOf } from '../protocol/frames';
import { chargeOutside } from './chargeOutside';

/** Lets a user into a room again. */
export async function unban(
  context: ModerationContext,
  requester: Connection,
  message: MessageOf<'unban'>,
): Promise<Reply> {
  const { action, room, user } = message;
  const refused = await chargeOutside(context, requester, message);
  if (refused) return refused;
  await context.users.removeBan(user, room);
  return { type: 'ok', action, room };
}
