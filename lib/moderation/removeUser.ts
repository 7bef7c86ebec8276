import { type Ban, EVERYWHERE } from '../ports/banStore';
import { FINAL_FENCE } from '../ports/connectionStore';
import type { ConnectionContext, UserContext } from '../ports/contexts';
import { Unavailable } from '../ports/unavailable';
import type { User } from '../protocol';
import { settleAll } from '../util/settleAll';
import { evict, type RemovedConnection } from './evict';
import { type ModerationContext, type Removal, recordRemoval, removedUser } from './recordRemoval';

/** A socket is asked to close so often, after waits that double from this, in milliseconds. */
const MAX_CLOSE_ATTEMPTS = 4;
const CLOSE_RETRY_MS = 50;

/**
 * Removes a user from a room and bans the user until a time in milliseconds since the epoch. It writes the ban, the
 * permissions, the member rows and the entry, in this order. So nothing above that entry reaches the user, and nothing of
 * theirs comes above it.
 * @throws Unavailable when the outcome is unknown; the same again finishes it.
 */
export async function removeUserFromRoom(
  context: ModerationContext,
  room: string,
  order: Removal & { until: number },
): Promise<void> {
  const now = context.clock.now();
  const { user, until, by } = order;
  await context.roomBans.add(user, room, until);
  const ids = await context.users.addBan(user, { room, until, ...(by && { by }) }, now);
  const out = await evict(context, room, ids);
  await settleAll(recordRemoval(context, room, order, out), noteName(context, room, removedUser(out)));
}

/** Notes the name of a removed user with the ban. Without it, the list of bans has the id in its place. */
async function noteName(context: ModerationContext, room: string, user: User | undefined): Promise<void> {
  try {
    if (user) await context.roomBans.nameUser(user, room);
  } catch (error) {
    // The removal is done. To repeat it for the name would write a second entry.
    if (!(error instanceof Unavailable)) throw error;
  }
}

/**
 * Keeps a user out of every room and closes their sockets, in the same order.
 * @throws Unavailable when the outcome is unknown; the same again finishes it.
 */
export async function removeUserEverywhere(
  context: ModerationContext,
  order: Removal & { until: number },
): Promise<void> {
  const out = await evictEverywhere(context, order.user, { until: order.until });
  const rooms = new Set(out.flatMap((connection) => connection.rooms));
  try {
    await settleAll(...[...rooms].map((room) => recordRemoval(context, room, order, out)));
  } finally {
    await settleAll(...out.map(({ id }) => closeSocket(context, id)));
  }
}

/**
 * Bans a user from every room until a time; ends the permissions and the memberships of the user's connections. The
 * socket of a connection whose memberships may go on is closed.
 */
export async function evictEverywhere(
  context: ConnectionContext & UserContext,
  user: string,
  ban: Omit<Ban, 'room'>,
): Promise<RemovedConnection[]> {
  const { users, connections, members, clock } = context;
  const now = clock.now();
  const ids = await users.addBan(user, { ...ban, room: EVERYWHERE }, now);
  return settleAll(
    ...ids.map(async (id): Promise<RemovedConnection> => {
      try {
        const revoked = await connections.revoke(id);
        const rooms = revoked?.rooms ?? [];
        await settleAll(...rooms.map((room) => members.tombstone(room, id, FINAL_FENCE, now)));
        return { id, user: revoked?.user, rooms };
      } catch (error) {
        await closeSocket(context, id);
        throw error;
      }
    }),
  );
}

/** Closes a socket. @throws Unavailable when it may still be open. */
export async function closeSocket(
  { poster, clock, random }: Pick<ConnectionContext, 'poster' | 'clock' | 'random'>,
  id: string,
): Promise<void> {
  for (let attempt = 0; attempt < MAX_CLOSE_ATTEMPTS; attempt++) {
    if (attempt > 0) await clock.wait(random() * CLOSE_RETRY_MS * 2 ** attempt);
    const outcome = await poster.close(id);
    if (outcome === 'delivered' || outcome === 'gone') return;
  }
  throw new Unavailable('A socket may still be open.');
}
