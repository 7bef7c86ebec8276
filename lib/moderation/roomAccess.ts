import { isForMembers, type Permissions } from '../auth/permissions';
import { EVERYWHERE } from '../ports/banStore';
import type { ListedMemberContext, RoomRulesContext, UserContext } from '../ports/contexts';
import type { RoomRules } from '../ports/roomSettingsStore';
import { isDirect, type User } from '../protocol';
import { currentRules } from './roomRules';

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

/** Gives those of some rooms that are closed to a user, as `isOutsider` tells it of one. */
export async function findClosed(
  context: AccessContext,
  { id }: User,
  permissions: Permissions,
  rooms: readonly string[],
): Promise<Set<string>> {
  const { roomSettings, rulesCache, clock, memberships } = context;
  const now = clock.now();
  const isForOwn = (room: string) => isDirect(room) || isForMembers(permissions, room);
  const ofAll = rooms.filter((room) => !isForOwn(room));
  // Taken before the read: other frames of this container may drop them meanwhile.
  const rulesOf = new Map(ofAll.map((room) => [room, rulesCache.get(room, now)]));
  const asked = ofAll.filter((room) => !rulesOf.get(room));
  const read = await roomSettings.readAll(asked);
  for (const [i, rules] of read.entries()) {
    rulesOf.set(asked[i] ?? '', rules);
    rulesCache.set(asked[i] ?? '', rules, now);
  }
  const closed = rooms.filter((room) => {
    const rules = rulesOf.get(room);
    return !rules || rules.settings.private;
  });
  const own = await memberships.findRooms(id, closed);
  return new Set(closed.filter((room) => !own.has(room)));
}
