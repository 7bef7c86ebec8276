import type { Requester } from '../auth/requester';
import { announce } from '../connections/announcements';
import { closeToOutsiders } from '../moderation/closeToOutsiders';
import type { ModerationContext } from '../moderation/recordRemoval';
import type { Reply, RoomSettings, User } from '../protocol';
import { type ErrorDetails, errorReply } from '../protocol/errorReplies';
import type { MessageOf } from '../protocol/frames';
import { firstOf } from '../util/asyncIterables';
import { chargeModerator } from './chargeModerator';

/** Connections that are told at once. Those of a larger room see the settings when they join next, or are refused. */
const MAX_TOLD = 500;

const TOO_LARGE: ErrorDetails = {
  code: 'tooMany',
  message: `A room in which more than ${MAX_TOLD} connections are cannot become private.`,
};

/** Changes the settings of a room for a moderator, who becomes a listed member of a room that becomes private. */
export async function setRoom(
  context: ModerationContext,
  requester: Requester,
  message: MessageOf<'setRoom'>,
): Promise<Reply> {
  const { action, room, title, slow, readOnly, private: isPrivate } = message;
  const refused = await chargeModerator(context, requester, message);
  if (refused) return refused;
  const settings = {
    ...(title !== undefined && { title }),
    ...(slow !== undefined && { slow }),
    ...(readOnly !== undefined && { readOnly }),
    ...(isPrivate !== undefined && { private: isPrivate }),
  };
  const failed = await changeSettings(context, room, settings, requester.user);
  return failed ? errorReply(message, failed) : { type: 'ok', action, room };
}

/**
 * Changes settings of a room, and tells its members. A join writes its member row before it reads the settings, so the
 * later of the two sees the other. Users who are no listed members are put out of a room that becomes private. A room
 * with too many connections stays as it is.
 */
export async function changeSettings(
  context: ModerationContext,
  room: string,
  change: RoomSettings,
  by?: User,
): Promise<ErrorDetails | undefined> {
  const { clock, members, memberships, roomSettings } = context;
  const here = async () => (await firstOf(members.list(room, MAX_TOLD + 1))) ?? [];
  if (change.private && (await here()).length > MAX_TOLD) return TOO_LARGE;
  if (change.private && by) await memberships.add(by.id, { room, since: clock.now() });
  const { settings } = await roomSettings.change(room, change);
  // First: those who are put out are not told.
  if (change.private) await closeToOutsiders(context, room);
  const told = (await here()).slice(0, MAX_TOLD).filter(({ expiresAt }) => expiresAt > clock.now());
  await announce(
    context,
    told.map(({ id }) => id),
    { type: 'roomSet', room, settings, ...(by && { by }) },
  );
  return undefined;
}
