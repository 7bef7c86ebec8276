import { type ActiveConnection, activeOf } from '../ports/connectionStore';
import type { ConnectionContext } from '../ports/contexts';
import { LIMITS, type MemberDetails, type User } from '../protocol';
import { byteLength } from '../protocol/byteLength';
import { firstOf } from '../util/asyncIterables';

/** Maximum number of connections that the server counts: a larger room counts as this many. */
const MAX_COUNTED = 500;
const LISTED_BYTES = 8 * 1024;

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
 * The users behind some connections, each once, with the number of their devices and the time when the first of these
 * connections opened. Connections of one session are one device.
 */
export function listDevices(active: readonly ActiveConnection[], leaseMs: number): MemberDetails[] {
  const byUser = new Map<string, ActiveConnection[]>();
  for (const connection of active)
    byUser.set(connection.user.id, [...(byUser.get(connection.user.id) ?? []), connection]);
  return [...byUser.values()].flatMap((connections) => {
    const [first] = connections;
    if (!first) return [];
    const devices = new Set(connections.map(({ id, session }) => session ?? id)).size;
    const since = Math.min(...connections.map(({ firstLease }) => firstLease)) - leaseMs;
    return [{ user: first.user, devices, since }];
  });
}

export function idsOf(connections: readonly ActiveConnection[]): string[] {
  return connections.map(({ id }) => id);
}
