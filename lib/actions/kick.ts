import type { ModerationContext } from '../moderation/recordRemoval';
import { removeUserFromRoom } from '../moderation/removeUser';
import type { Connection } from '../ports/connectionStore';
import type { Reply } from '../protocol';
import type { MessageOf } from '../protocol/frames';
import { chargeModerator } from './chargeModerator';

/** A kick keeps the user out for this long, in milliseconds, unless it says for how long. */
export const DEFAULT_KICK_MS = 600_000;

/** Removes a user from a room for a moderator. */
export async function kick(
  context: ModerationContext,
  requester: Connection,
  message: MessageOf<'kick'>,
): Promise<Reply> {
  const { action, room, user, forMs = DEFAULT_KICK_MS } = message;
  const refused = await chargeModerator(context, requester, message);
  if (refused) return refused;
  await removeUserFromRoom(context, room, { user, until: context.clock.now() + forMs, by: requester.user });
  return { type: 'ok', action, room };
}
