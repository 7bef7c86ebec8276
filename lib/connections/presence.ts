import { fanOut } from '../fanOut/fanOut';
import type { ActiveConnection, Connection } from '../ports/connectionStore';
import type { ConnectionContext } from '../ports/contexts';
import { LIMITS, type Push, type User } from '../protocol';
import { byteLength } from '../protocol/byteLength';
import { firstOf, only } from '../util/asyncIterables';

/** Longest wait for announcements of who came and went, in milliseconds; they are never retried beyond it. */
const ANNOUNCE_TIMEOUT_MS = 1_000;
/** Connections looked at to tell who is here: a larger room is told as this many. */
const MAX_COUNTED = 500;
const LISTED_BYTES = 8 * 1024;

/** Who is in a room, as far as leases tell; of a large room it is known how many connections, and nothing else. */
export interface PresenceSnapshot {
  active: ActiveConnection[];
  /** How many connections a large room has. */
  connectionCount?: number;
}

/** Looks who is in a room. */
export async function readPresence(context: ConnectionContext, room: string): Promise<PresenceSnapshot> {
  const now = context.clock.now();
  const members = (await firstOf(context.members.list(room, MAX_COUNTED))) ?? [];
  const unexpired = members.filter((member) => member.expiresAt > now);
  if (unexpired.length > LIMITS.listedMembers) return { active: [], connectionCount: unexpired.length };
  const ids = unexpired.map((member) => member.id);
  return { active: await context.connections.findActive(ids, now) };
}

/**
 * The users behind some connections, each once: as many as fit in a frame, and how many there are. Of a large room
 * nobody is named, as nobody there is told who comes and goes: its number is that of the connections.
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
 * Tells a room that a user has come, if this is the user's first connection there. Of connections that come at once
 * and see each other one speaks: the one that was opened first, as their rows tell all of them. One that was closed
 * again before it has looked speaks for those that were silent because they had seen it.
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
  await announce(context, here, { type: 'memberJoined', room, member: came.user }, came.id);
}

/** Tells a room which of these users have left it: those with no connection there any more. */
export async function announceLeft(
  context: ConnectionContext,
  room: string,
  users: readonly User[],
): Promise<void> {
  const { active } = await readPresence(context, room);
  const stayed = new Set(active.map(({ user }) => user.id));
  const left = new Map(users.filter((user) => !stayed.has(user.id)).map((user) => [user.id, user]));
  for (const member of left.values()) await announce(context, active, { type: 'memberLeft', room, member });
}

/** Posts a passing event to those who are here. */
export async function announce(
  context: ConnectionContext,
  here: readonly ActiveConnection[],
  event: Push,
  except?: string,
): Promise<void> {
  const recipients = here.map(({ id }) => id).filter((id) => id !== except);
  if (recipients.length === 0) return;
  await fanOut(context, only(recipients), JSON.stringify(event), context.clock.now() + ANNOUNCE_TIMEOUT_MS);
}

function byOpening(a: ActiveConnection, b: ActiveConnection): number {
  return a.firstLease - b.firstLease || (a.id < b.id ? -1 : 1);
}
