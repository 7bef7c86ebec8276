import { fanOut } from '../fanOut/fanOut';
import { type ActiveConnection, activeOf, type Connection } from '../ports/connectionStore';
import type { ConnectionContext } from '../ports/contexts';
import { LIMITS, type Push, type User } from '../protocol';
import { byteLength } from '../protocol/byteLength';
import { mayAnnounce } from '../rateLimiting/joinQuota';
import { firstOf, only } from '../util/asyncIterables';
import { settleAll } from '../util/settleAll';

/** Maximum wait for announcements of joins and leaves, in milliseconds. Each is tried once. */
const ANNOUNCE_TIMEOUT_MS = 1_000;
/** Maximum number of connections that the server counts: a larger room counts as this many. */
const MAX_COUNTED = 500;
const LISTED_BYTES = 8 * 1024;

/** Lapsed connections that a read of the members tells a room of; the next read tells of the rest. */
const MAX_LAPSES_TOLD = 10;

/** The members of a room by their leases. Of a large room only the number of connections is known. */
export interface PresenceSnapshot {
  active: ActiveConnection[];
  /** Connections whose lease is over, which the room was not told yet. */
  lapsed: ActiveConnection[];
  /** How many connections a large room has. */
  connectionCount?: number;
}

/** Reads the members of a room. */
export async function readPresence(context: ConnectionContext, room: string): Promise<PresenceSnapshot> {
  const now = context.clock.now();
  const members = (await firstOf(context.members.list(room, MAX_COUNTED))) ?? [];
  const unexpired = members.filter((member) => member.expiresAt > now);
  if (unexpired.length > LIMITS.listedMembers)
    return { active: [], lapsed: [], connectionCount: unexpired.length };
  const ids = unexpired.map((member) => member.id);
  const known = await context.connections.find(ids);
  const lapsed = known.filter((each) => each.lease <= now && !each.lapsed.has(room));
  return { active: activeOf(known, now), lapsed };
}

/**
 * The users behind some connections, each once: as many as fit in a frame, and how many there are. A large room has no
 * list of users, because joins and leaves are not announced there. Its count is the number of connections.
 */
export function listUsers({ active, connectionCount }: PresenceSnapshot): {
  members: User[];
  memberCount: number;
} {
  if (connectionCount !== undefined) return { members: [], memberCount: connectionCount };
  const users = new Map(active.map(({ user }) => [user.id, user]));
  const listed: User[] = [];
  let bytes = 0;
  for (const user of users.values()) {
    bytes += byteLength(JSON.stringify(user)) + 1;
    if (bytes > LISTED_BYTES) break;
    listed.push(user);
  }
  return { members: listed, memberCount: users.size };
}

/**
 * Tells a room that a user has come, if this is the user's first connection there. Of a user's connections that join
 * at once, the one that was opened first announces the user. Their rows tell this to all of them. A connection that
 * closed before its read announces for those that were silent because of it. Above the user's rate of announcements, a
 * later ping tells the room.
 */
export async function announceJoined(
  context: ConnectionContext,
  room: string,
  here: readonly ActiveConnection[],
  came: Connection,
): Promise<void> {
  const own = here.filter(({ user }) => user.id === came.user.id).toSorted(byOpening);
  const isClosed = own.every(({ id }) => id !== came.id);
  const [first] = own;
  if (!first || (first.id !== came.id && !isClosed)) return;
  const recipients = here.map(({ id }) => id).filter((id) => id !== came.id);
  if (recipients.length === 0) return;
  if (await mayAnnounce(context, came.user))
    await announce(context, recipients, { type: 'memberJoined', room, member: came.user });
  else await context.connections.noteUntold(came.id, room);
}

/** Tells a room of the connections that ended without a word: nobody told of them when their leases were over. */
export async function announceLapsed(
  context: ConnectionContext,
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
 */
export async function announceChanges(
  context: ConnectionContext,
  usersByRoom: ReadonlyMap<string, readonly User[]>,
  type: 'memberJoined' | 'memberLeft',
): Promise<void> {
  /** Each user with the rooms to tell, by the connection that is told. */
  const changes = new Map<string, { user: User; rooms: Map<string, string[]> }>();
  await settleAll(
    ...[...usersByRoom].map(async ([room, users]) => {
      const { active } = await readPresence(context, room);
      const here = new Set(active.map(({ user }) => user.id));
      for (const user of users) {
        if (here.has(user.id) !== (type === 'memberJoined')) continue;
        const change = changes.get(user.id) ?? { user, rooms: new Map<string, string[]>() };
        changes.set(user.id, change);
        for (const other of active)
          if (other.user.id !== user.id)
            change.rooms.set(other.id, [...new Set([...(change.rooms.get(other.id) ?? []), room])]);
      }
    }),
  );
  for (const { user, rooms: roomsOf } of changes.values()) {
    for (const [key, ids] of groupByRooms(roomsOf)) {
      const [room = '', ...rooms] = JSON.parse(key) as string[];
      await announce(context, ids, { type, room, ...(rooms.length > 0 && { rooms }), member: user });
    }
  }
}

/** Gives the connections that are told of the same rooms, by those rooms as JSON. */
function groupByRooms(roomsOf: ReadonlyMap<string, readonly string[]>): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [id, rooms] of roomsOf) {
    const key = JSON.stringify(rooms.toSorted());
    groups.set(key, [...(groups.get(key) ?? []), id]);
  }
  return groups;
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

export function idsOf(connections: readonly ActiveConnection[]): string[] {
  return connections.map(({ id }) => id);
}

function byOpening(a: ActiveConnection, b: ActiveConnection): number {
  return a.firstLease - b.firstLease || (a.id < b.id ? -1 : 1);
}
