import { fanOut } from '../fanOut/fanOut';
import type { ActiveConnection, Connection } from '../ports/connectionStore';
import type { ConnectionContext, ConnectionRoomContext } from '../ports/contexts';
import type { Push, User } from '../protocol';
import { mayAnnounce } from '../rateLimiting/joinQuota';
import { only } from '../util/asyncIterables';
import { settleAll } from '../util/settleAll';
import { idsOf, type PresenceSnapshot, readPresence } from './presence';

/** Maximum wait for announcements of joins and leaves, in milliseconds. Each is tried once. */
const ANNOUNCE_TIMEOUT_MS = 1_000;

/** Lapsed connections that a read of the members tells a room of; the next read tells of the rest. */
const MAX_LAPSES_TOLD = 10;

/**
 * Tells a room that a user has come, if this is the user's first connection there. Of a user's connections that join
 * at once, the one that was opened first announces the user. Their rows tell this to all of them. A connection that
 * closed before its read announces for those that were silent because of it. Above the user's rate of announcements, a
 * later ping tells the room.
 */
export async function announceJoined(
  context: ConnectionContext & ConnectionRoomContext,
  room: string,
  here: readonly ActiveConnection[],
  came: Connection,
): Promise<void> {
  const own = here.filter(({ user }) => user.id === came.user.id).toSorted(byOpening);
  const isClosed = own.every(({ id }) => id !== came.id);
  const [first] = own;
  if (!first || (first.id !== came.id && !isClosed)) return;
  const recipients = idsOf(here).filter((id) => id !== came.id);
  if (recipients.length === 0) return;
  if (await mayAnnounce(context, came.user))
    await announce(context, recipients, { type: 'memberJoined', room, member: came.user });
  else await context.connections.noteUntold(came.id, room);
}

/** Tells a room of connections whose leases ended without a disconnect. */
export async function announceLapsed(
  context: ConnectionContext & ConnectionRoomContext,
  room: string,
  { active, lapsed }: PresenceSnapshot,
): Promise<void> {
  const now = context.clock.now();
  await settleAll(
    ...lapsed.slice(0, MAX_LAPSES_TOLD).map(async ({ id, user }) => {
      const isHere = active.some((other) => other.user.id === user.id);
      if (!isHere && !(await mayAnnounce(context, user))) return;
      if (!(await context.connections.markLapsed(id, room, now)) || isHere) return;
      await announce(context, idsOf(active), { type: 'memberLeft', room, member: user });
    }),
  );
}

/** Tells a room which of these users have left it: those with no connection there any more. */
export async function announceLeft(
  context: ConnectionContext,
  room: string,
  users: readonly User[],
): Promise<void> {
  await announceChanges(context, new Map([[room, users]]), 'memberLeft');
}

/**
 * Tells rooms which of these users have left them, or are there: all rooms of a user that a member shares in one frame.
 * The frames are posted at the same time, because a reply may wait for them.
 */
export async function announceChanges(
  context: ConnectionContext,
  usersByRoom: ReadonlyMap<string, readonly User[]>,
  type: 'memberJoined' | 'memberLeft',
): Promise<void> {
  /** Each user with the rooms to tell, by the connection that is told. */
  const changes = new Map<string, { user: User; roomsOf: Map<string, Set<string>> }>();
  await settleAll(
    ...[...usersByRoom].map(async ([room, users]) => {
      const { active } = await readPresence(context, room);
      const here = new Set(active.map(({ user }) => user.id));
      for (const user of users) {
        if (here.has(user.id) !== (type === 'memberJoined')) continue;
        const change = changes.get(user.id) ?? { user, roomsOf: new Map<string, Set<string>>() };
        changes.set(user.id, change);
        for (const { id, user: other } of active)
          if (other.id !== user.id)
            change.roomsOf.set(id, (change.roomsOf.get(id) ?? new Set<string>()).add(room));
      }
    }),
  );
  await settleAll(
    ...[...changes.values()].flatMap(({ user: member, roomsOf }) =>
      groupByRooms(roomsOf).map(({ ids, rooms: [room = '', ...rooms] }) =>
        announce(context, ids, { type, room, ...(rooms.length > 0 && { rooms }), member }),
      ),
    ),
  );
}

/** Groups the connections that are told of the same rooms. */
function groupByRooms(
  roomsOf: ReadonlyMap<string, ReadonlySet<string>>,
): { ids: string[]; rooms: string[] }[] {
  const groups = new Map<string, { ids: string[]; rooms: string[] }>();
  for (const [id, told] of roomsOf) {
    const rooms = [...told].toSorted();
    const group = groups.get(rooms.join(' ')) ?? { ids: [], rooms };
    groups.set(rooms.join(' '), group);
    group.ids.push(id);
  }
  return [...groups.values()];
}

/** Posts a transient event to connections. */
export async function announce(
  context: ConnectionContext,
  recipients: readonly string[],
  event: Push,
): Promise<void> {
  if (recipients.length === 0) return;
  const deadline = context.clock.now() + ANNOUNCE_TIMEOUT_MS;
  await fanOut(context, only(recipients), JSON.stringify(event), deadline, { maxAttempts: 1 });
}

function byOpening(a: ActiveConnection, b: ActiveConnection): number {
  return a.firstLease - b.firstLease || (a.id < b.id ? -1 : 1);
}
