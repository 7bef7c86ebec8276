import { fanOut } from './fanOut';
import type { Member, Sockets } from './ports';
import { byteLength, LIMITS, type Push, type User } from './protocol';

/** Longest wait for announcements of who came and went, in milliseconds; they are never retried beyond it. */
const ANNOUNCE_MS = 1_000;
/** Connections looked at to tell who is here: a larger room is told as this many. */
const MOST_COUNTED = 500;
const LISTED_BYTES = 8 * 1024;

/** Connections in a room whose sockets are alive, as far as leases tell. */
export async function present(sockets: Sockets, room: string): Promise<Member[]> {
  const now = sockets.clock.now();
  const members = await firstPage(sockets, room);
  const unexpired = members.filter((member) => member.expiresAt > now);
  if (unexpired.length > LIMITS.listedMembers) return unexpired;
  const alive = await sockets.connections.present(
    unexpired.map((member) => member.id),
    now,
  );
  return unexpired.filter((member) => alive.has(member.id));
}

/**
 * The users behind some connections, each once: as many as fit in a frame, and how many there are. Of a large
 * room nobody is named: nobody there is told who comes and goes, so the names would soon be wrong.
 */
export function usersOf(members: readonly Member[]): { members: User[]; memberCount: number } {
  const users = new Map(members.map(({ user }) => [user.id, user]));
  if (members.length > LIMITS.listedMembers) return { members: [], memberCount: users.size };
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
 * Tells a room that a user has come, if this is the user's first connection there. Of connections that come
 * at once and see each other one speaks: the one that is first in the order that their rows give.
 */
export async function announceJoined(sockets: Sockets, here: readonly Member[], came: Member): Promise<void> {
  const others = here.filter((member) => member.user.id === came.user.id && member.id !== came.id);
  if (others.some((member) => isBefore(member, came))) return;
  await announce(sockets, here, { type: 'memberJoined', room: came.room, member: came.user }, came.id);
}

/** Tells a room which of these users have left it: those with no connection there any more. */
export async function announceLeft(sockets: Sockets, room: string, users: readonly User[]): Promise<void> {
  const here = await present(sockets, room);
  const stayed = new Set(here.map((member) => member.user.id));
  const left = new Map(users.filter((user) => !stayed.has(user.id)).map((user) => [user.id, user]));
  for (const member of left.values()) await announce(sockets, here, { type: 'memberLeft', room, member });
}

/** Posts a passing event to a small room; in a large one nobody is told. */
export async function announce(
  sockets: Sockets,
  here: readonly Member[],
  event: Push,
  except?: string,
): Promise<void> {
  if (here.length > LIMITS.listedMembers) return;
  const recipients = here.map((member) => member.id).filter((id) => id !== except);
  await fanOut(sockets, once(recipients), JSON.stringify(event), sockets.clock.now() + ANNOUNCE_MS);
}

function isBefore(a: Member, b: Member): boolean {
  const [first = 0, second = 0] = [a.since, b.since];
  return first === second ? a.id < b.id : first < second;
}

async function firstPage(sockets: Sockets, room: string): Promise<Member[]> {
  for await (const page of sockets.members.list(room, MOST_COUNTED)) return page;
  return [];
}

async function* once<T>(page: T): AsyncIterable<T> {
  yield page;
}
