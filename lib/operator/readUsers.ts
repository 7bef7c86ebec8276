import type { Clock } from '../ports/clock';
import type { DirectoryPage, StandingBan, UserDirectory } from '../ports/userDirectory';
import type { UserStore } from '../ports/userStore';

/** A call returns as soon as it has found this many; the last part that it read may add more. */
const ENOUGH = 100;
/** A call searches this long, in milliseconds: it ends well within its function's time. */
const SEARCH_TIMEOUT_MS = 10_000;

/** What an operator's look at users needs. */
export interface DirectoryContext {
  directory: UserDirectory;
  users: Pick<UserStore, 'isKnown'>;
  clock: Clock;
  leaseMs: number;
}

/** A user as an operator sees it. Times are in milliseconds since the epoch. */
export interface UserView {
  user: string;
  /** The user has connected within the last year, or published within the last hour. */
  isKnown: boolean;
  devices: DeviceView[];
  bans: StandingBan[];
  /** There may be further bans from single rooms. */
  hasMoreBans: boolean;
}

/** A connection as an operator sees it. */
export interface DeviceView {
  id: string;
  name: string;
  openedAt: number;
  /** The connection shows signs of life. */
  isActive: boolean;
  rooms: string[];
}

/** A user with open connections; another page may have more of them. */
export interface ConnectedUser {
  user: string;
  name: string;
  connections: number;
}

/** Reads one user's rooms, devices and bans. */
export async function readUser(
  { directory, users, clock, leaseMs }: DirectoryContext,
  user: string,
): Promise<UserView> {
  const now = clock.now();
  const { devices, bans, hasMoreBans } = await directory.read(user, now);
  return {
    user,
    isKnown: devices.length > 0 || (await users.isKnown(user)),
    devices: devices
      .map(({ id, name, firstLease, lease, rooms }) => ({
        id,
        name,
        openedAt: firstLease - leaseMs,
        isActive: lease > now,
        rooms: rooms.sort(),
      }))
      .sort((a, b) => b.openedAt - a.openedAt),
    bans,
    hasMoreBans,
  };
}

/** Finds connected users by a part of their id or name, in any case. */
export async function findConnected(
  { directory, clock }: DirectoryContext,
  text: string,
  from?: string,
): Promise<DirectoryPage<ConnectedUser>> {
  const matches = matcherOf(text);
  const { found, next } = await search(
    clock,
    async (at) => {
      const page = await directory.scanConnections(clock.now(), at);
      return { ...page, found: page.found.filter(({ user, name }) => matches(user) || matches(name)) };
    },
    from,
  );
  const users = new Map<string, ConnectedUser>();
  for (const { user, name } of found)
    users.set(user, { user, name, connections: (users.get(user)?.connections ?? 0) + 1 });
  return { found: [...users.values()], ...(next !== undefined && { next }) };
}

/** Finds bans in force by a part of the user's id or the room. Guests who signed out are no bans. */
export function findBans(
  { directory, clock }: DirectoryContext,
  text: string,
  from?: string,
): Promise<DirectoryPage<StandingBan>> {
  const matches = matcherOf(text);
  return search(
    clock,
    async (at) => {
      const page = await directory.scanBans(clock.now(), at);
      const isWanted = ({ user, room = '', isSignOut }: StandingBan) =>
        !isSignOut && (matches(user) || matches(room));
      return { ...page, found: page.found.filter(isWanted) };
    },
    from,
  );
}

async function search<T>(
  clock: Clock,
  readPage: (from?: string) => Promise<DirectoryPage<T>>,
  from?: string,
): Promise<DirectoryPage<T>> {
  const deadline = clock.now() + SEARCH_TIMEOUT_MS;
  const found: T[] = [];
  let next = from;
  do {
    const page = await readPage(next);
    found.push(...page.found);
    next = page.next;
  } while (next !== undefined && found.length < ENOUGH && clock.now() < deadline);
  return { found, ...(next !== undefined && { next }) };
}

function matcherOf(text: string): (value: string) => boolean {
  const wanted = text.toLowerCase();
  return (value) => value.toLowerCase().includes(wanted);
}
