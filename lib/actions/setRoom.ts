import { announce } from '../connections/announcements';
import type { ModerationContext } from '../moderation/recordRemoval';
import type { Connection } from '../ports/connectionStore';
import type { Reply, RoomSettings, User } from '../protocol';
import type { MessageOf } from '../protocol/frames';
import { firstOf } from '../util/asyncIterables';
import { chargeOutside } from './chargeOutside';

/** Connections that are told at once. Those of a larger room see the settings when they join next, or are refused. */
const MAX_TOLD = 500;

/** Changes the settings of a room for a moderator. */
export async function setRoom(
  context: ModerationContext,
  requester: Connection,
  message: MessageOf<'setRoom'>,
): Promise<Reply> {
  const { action, room, title, slow, readOnly } = message;
  const refused = await chargeOutside(context, requester, message);
  if (refused) return refused;
  const settings = {
    ...(title !== undefined && { title }),
    ...(slow !== undefined && { slow }),
    ...(readOnly !== undefined && { readOnly }),
  };
  await changeSettings(context, room, settings, requester.user);
  return { type: 'ok', action, room };
}

/**
 * Changes settings of a room, and tells its members. A join writes its member row before it reads the settings, so the
 * later of the two sees the other.
 */
export async function changeSettings(
  context: ModerationContext,
  room: string,
  change: RoomSettings,
  by?: User,
): Promise<void> {
  const { settings } = await context.roomSettings.change(room, change);
  const now = context.clock.now();
  const members = (await firstOf(context.members.list(room, MAX_TOLD))) ?? [];
  const ids = members.filter(({ expiresAt }) => expiresAt > now).map(({ id }) => id);
  await announce(context, ids, { type: 'roomSet', room, settings, ...(by && { by }) });
}
