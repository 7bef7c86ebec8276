import { isForMembers, type Permissions } from '../auth/permissions';
import { EVERYWHERE } from '../ports/banStore';
import type { ListedMemberContext, RoomRulesContext, UserContext } from '../ports/contexts';
import type { RoomRules } from '../ports/roomSettingsStore';
import { isDirect, type User } from '../protocol';
import { currentRules, currentRulesOf } from './roomRules';

/** What the check of who may be in a room needs. */
export type AccessContext = ListedMemberContext &
  Pick<RoomRulesContext, 'roomSettings' | 'rulesCache' | 'clock'>;

/**
 * Tells whether a room is closed to a user: only its members may be in it, by the user's token or by the room's rules,
 * and the user is none. The rules may be ten seconds old unless they are given. An open room costs nothing else.
 */
export async function isOutsider(
  context: AccessContext,
  { id }: User,
  onlyAsMember: boolean,
  room: string,
  rules?: RoomRules,
): Promise<boolean> {
  const isClosed =
    onlyAsMember || isDirect(room) || (rules ?? (await currentRules(context, room))).settings.private;
  return isClosed ? !(await context.memberships.findRooms(id, [room])).has(room) : false;
}

/** Tells whether a user may not be in a room: as an outsider, or by a ban from it or from everywhere. */
export async function isOut(
  context: AccessContext & UserContext,
  user: User,
  onlyAsMember: boolean,
  room: string,
): Promise<boolean> {
  if (await isOutsider(context, user, onlyAsMember, room)) return true;
  return (await context.users.findBan(user.id, [room, EVERYWHERE], context.clock.now())) !== undefined;
}

/** Gives those of some rooms that are closed to a user, as `isOutsider` tells it of one. The rules may be given. */
export async function findClosed(
  context: AccessContext,
  { id }: User,
  permissions: Permissions,
  rooms: readonly string[],
  given?: ReadonlyMap<string, RoomRules>,
): Promise<Set<string>> {
  const isForOwn = (room: string) => isDirect(room) || isForMembers(permissions, room);
  const ofAll = rooms.filter((room) => !isForOwn(room));
  const rulesOf = given ?? (await currentRulesOf(context, ofAll));
  const closed = rooms.filter((room) => {
    const rules = isForOwn(room) ? undefined : rulesOf.get(room);
    return !rules || rules.settings.private;
  });
  const own = await context.memberships.findRooms(id, closed);
  return new Set(closed.filter((room) => !own.has(room)));
}
