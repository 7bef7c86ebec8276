import { EVERYWHERE } from '../ports/banStore';
import { FINAL_FENCE } from '../ports/connectionStore';
import type { ConnectionContext, UserContext } from '../ports/contexts';
import { Unavailable } from '../ports/unavailable';
import { settleAll } from '../util/settleAll';
import { type ModerationContext, type Removal, type RemovedConnection, recordRemoval } from './recordRemoval';

/** A socket is asked to close so often, after waits that double from this, in milliseconds. */
const MAX_CLOSE_ATTEMPTS = 4;
const CLOSE_RETRY_MS = 50;

/**
 * Removes a user from a room and bans the user. It writes the ban, the permissions, the member rows and the entry, in
 * this order. So nothing above that entry reaches the user, and nothing of theirs comes above it.
 * @throws Unavailable when the outcome is unknown; the same again finishes it.
 */
export async function removeUserFromRoom(
  context: ModerationContext,
  room: string,
  order: Removal,
): Promise<void> {
  const now = context.clock.now();
  const ids = await context.users.addBan(order.user, { room, until: order.until }, now);
  const out = await settleAll(
    ...ids.map(async (id): Promise<RemovedConnection> => {
      const expelled = await context.connections.removeFromRoom(id, room);
      await context.members.tombstone(room, id, expelled?.fence ?? FINAL_FENCE, now);
      return { id, user: expelled?.user, rooms: expelled?.wasMember ? [room] : [] };
    }),
  );
  await recordRemoval(context, room, order, out);
}

/**
 * Keeps a user out of every room and closes their sockets, in the same order.
 * @throws Unavailable when the outcome is unknown; the same again finishes it.
 */
export async function removeUserEverywhere(context: ModerationContext, order: Removal): Promise<void> {
  const out = await evictEverywhere(context, order.user, order.until);
  const rooms = new Set(out.flatMap((connection) => connection.rooms));
  await settleAll(...[...rooms].map((room) => recordRemoval(context, room, order, out)));
  await settleAll(...out.map(({ id }) => closeSocket(context, id)));
}

/** Bans a user from every room until a time; ends the permissions and the memberships of the user's connections. */
export async function evictEverywhere(
  { users, connections, members, clock }: ConnectionContext & UserContext,
  user: string,
  until: number,
): Promise<RemovedConnection[]> {
  const now = clock.now();
  const ids = await users.addBan(user, { room: EVERYWHERE, until }, now);
  return settleAll(
    ...ids.map(async (id): Promise<RemovedConnection> => {
      const revoked = await connections.revoke(id);
      const rooms = revoked?.rooms ?? [];
      await settleAll(...rooms.map((room) => members.tombstone(room, id, FINAL_FENCE, now)));
      return { id, user: revoked?.user, rooms };
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
