import { fanOut } from '../delivery/fanOut';
import type { Connection, Member, Present, Sockets } from '../ports/ports';
import { byteLength, LIMITS, type Push, type User } from '../protocol';

/** Longest wait for announcements of who came and went, in milliseconds; they are never retried beyond it. */
const ANNOUNCE_MS = 1_000;
/** Connections looked at to tell who is here: a larger room is told as this many. */
const MOST_COUNTED = 500;
const LISTED_BYTES = 8 * 1024;

/** Who is in a room, as far as leases tell; of a large room it is known how many connections, and nothing else. */
export interface Company {
  here: Present[];
  /** How many connections a large room has. */
  crowd?: number;
}

/** Looks who is in a room. */
export async function present(sockets: Sockets, room: string): Promise<Company> {
  const now = sockets.clock.now();
  const members = await firstPage(sockets, room);
  const unexpired = members.filter((member) => member.expiresAt > now);
  if (unexpired.length > LIMITS.listedMembers) return { here: [], crowd: unexpired.length };
  const ids = unexpired.map((member) => member.id);
  return { here: await sockets.connections.present(ids, now) };
}

/**
 * The users behind some connections, each once: as many as fit in a frame, and how many there are. Of a large room
 * nobody is named, as nobody there is told who comes and goes: its number is that of the connections.
 */
export function usersOf({ here, crowd }: Company): { members: User[]; memberCount: number } {
  if (crowd !== undefined) return { members: [], memberCount: crowd };
  const users = new Map(here.map(({ user }) => [user.id, user]));
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
  sockets: Sockets,
  room: string,
  here: readonly Present[],
  came: Connection,
): Promise<void> {
  const own = here.filter(({ user }) => user.id === came.user.id).toSorted(byOpening);
  const isClosed = own.every(({ id }) => id !== came.id);
  const [first] = own;
  if (!first || (first.id !== came.id && !isClosed)) return;
  await announce(sockets, here, { type: 'memberJoined', room, member: came.user }, came.id);
}

/** Tells a room which of these users have left it: those with no connection there any more. */
export async function announceLeft(sockets: Sockets, room: string, users: readonly User[]): Promise<void> {
  const { here } = await present(sockets, room);
  const stayed = new Set(here.map(({ user }) => user.id));
  const left = new Map(users.filter((user) => !stayed.has(user.id)).map((user) => [user.id, user]));
  for (const member of left.values()) await announce(sockets, here, { type: 'memberLeft', room, member });
}

/** Posts a passing event to those who are here. */
export async function announce(
  sockets: Sockets,
  here: readonly Present[],
  event: Push,
  except?: string,
): Promise<void> {
  const recipients = here.map(({ id }) => id).filter((id) => id !== except);
  if (recipients.length === 0) return;
  await fanOut(sockets, once(recipients), JSON.stringify(event), sockets.clock.now() + ANNOUNCE_MS);
}

function byOpening(a: Present, b: Present): number {
  return a.firstLease - b.firstLease || (a.id < b.id ? -1 : 1);
}

async function firstPage(sockets: Sockets, room: string): Promise<Member[]> {
  for await (const page of sockets.members.list(room, MOST_COUNTED)) return page;
  return [];
}

async function* once<T>(page: T): AsyncIterable<T> {
  yield page;
}
