import { announce } from '../connections/announcements';
import { LIMITS, type User } from '../protocol';
import { settleAll } from '../util/settleAll';
import type { ModerationContext } from './recordRemoval';

/**
 * Mutes a user in a room until a time in milliseconds since the epoch, and tells the user's own connections there. The list
 * and the user's row come before the note that makes sends look for them. Without a moderator it is the operator.
 * @throws Unavailable when the outcome is unknown; the same again finishes it.
 */
export async function muteUser(
  context: ModerationContext,
  room: string,
  { user: id, until, by }: { user: string; until: number; by?: User },
): Promise<void> {
  const { users, connections, restrictions, roomSettings, clock } = context;
  const ids = await users.readConnections(id);
  const [connection] = await connections.find(ids);
  const user = connection?.user ?? { id, name: id.slice(0, LIMITS.nameCharacters) };
  await restrictions.mute(room, { user, until, ...(by && { by }) }, clock.now());
  await roomSettings.noteMute(room, until);
  await tellMembers(context, room, ids, Math.max(0, until - clock.now()));
}

/** Ends a user's mute in a room, and tells the user's own connections. @throws Unavailable as `muteUser` does. */
export async function unmuteUser(context: ModerationContext, room: string, user: string): Promise<void> {
  await context.restrictions.unmute(user, room);
  const ids = await context.users.readConnections(user);
  await tellMembers(context, room, ids, 0);
}

/** Tells those of a user's connections that are in the room: only they may know of it. */
async function tellMembers(
  context: ModerationContext,
  room: string,
  ids: readonly string[],
  ms: number,
): Promise<void> {
  const now = context.clock.now();
  const areMembers = await settleAll(...ids.map((id) => context.connections.isMember(id, room, now)));
  await announce(
    context,
    ids.filter((_id, i) => areMembers[i]),
    { type: 'muted', room, ms },
  );
}
