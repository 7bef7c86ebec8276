import type { Requester } from '../auth/requester';
import type { ModerationContext } from '../moderation/recordRemoval';
import { removeUserFromRoom } from '../moderation/removeUser';
import type { Reply } from '../protocol';
import { errorReply } from '../protocol/errorReplies';
import type { MessageOf } from '../protocol/frames';
import { chargeModerator } from './chargeModerator';

/** A kick keeps the user out for this long, in milliseconds, unless it says for how long. */
const DEFAULT_KICK_MS = 600_000;

export const UNKNOWN_USER = {
  code: 'badField',
  message:
    '"user" must be the id of a user who has been here: copy it from a message or the list of members.',
} as const;

/** Removes a user from a room for a moderator. Refuses an id that no user has. */
export async function kick(
  context: ModerationContext,
  requester: Requester,
  message: MessageOf<'kick'>,
): Promise<Reply> {
  const { action, room, user, forMs = DEFAULT_KICK_MS } = message;
  const refused = await chargeModerator(context, requester, message);
  if (refused) return refused;
  // Else a moderator could write any text into the log, as an id.
  if (!(await context.users.isKnown(user))) return errorReply(message, UNKNOWN_USER);
  await removeUserFromRoom(context, room, { user, until: context.clock.now() + forMs, by: requester.user });
  return { type: 'ok', action, room };
}
