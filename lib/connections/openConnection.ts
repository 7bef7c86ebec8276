import type { Clock } from '../ports/clock';
import { type Connection, type ConnectionStore, FINAL_FENCE } from '../ports/connectionStore';
import type { MemberStore } from '../ports/memberStore';
import type { RetryAfterCache } from '../ports/retryAfterCache';
import type { UserStore } from '../ports/userStore';
import { settleAll } from '../util/settleAll';

/** What letting a connection in works with. */
export interface OpenConnectionContext {
  connections: ConnectionStore;
  members: MemberStore;
  users: UserStore;
  clock: Clock;
  retryAfterCache: RetryAfterCache;
  /** Connections a user may have at a time. */
  maxConnections: number;
  leaseMs: number;
}

/** Connections that come at once may take the places that were made free for this one. */
const MAX_ATTEMPTS = 3;

/**
 * Records a new connection, unless its user is banned, held off, or has as many as may be. Its own row comes first: a
 * ban that finds it among the user's connections must find it there too. A reconnect during the cool-down costs this
 * container no call.
 */
export async function openConnection(
  context: OpenConnectionContext,
  connection: Connection,
): Promise<'opened' | 'banned' | 'coolingDown' | 'tooMany'> {
  const { retryAfterCache, connections, users, clock } = context;
  const { id, user } = connection;
  if (retryAfterCache.remainingMs(user.id, clock.now()) > 0) return 'coolingDown';
  await connections.open(connection, clock.now() + context.leaseMs);
  for (let attempt = 1; ; attempt++) {
    const arrival = await users.addConnection(user.id, id, context.maxConnections, clock.now());
    if (arrival.kind === 'added') {
      const { banCheckRooms } = arrival;
      if (banCheckRooms.length > 0) await connections.requireBanCheck(id, banCheckRooms);
      return 'opened';
    }
    if (arrival.kind === 'banned') {
      await settleAll(connections.close(id), users.removeConnections(user.id, [id]));
      return 'banned';
    }
    if (arrival.kind === 'coolingDown')
      retryAfterCache.record(user.id, arrival.until - clock.now(), clock.now());
    const isRoomMade =
      arrival.kind === 'tooMany' &&
      attempt < MAX_ATTEMPTS &&
      (await evictStaleConnections(context, user.id, arrival.connections));
    if (isRoomMade) continue;
    await connections.close(id);
    return arrival.kind;
  }
}

/**
 * Forgets those of a user's connections that gave no sign of life for a while; tells whether there were any.
 * Permissions go first, and the row that leads to the others goes last. A repeat, or a kick, then finds the rest.
 */
async function evictStaleConnections(
  context: OpenConnectionContext,
  user: string,
  ids: readonly string[],
): Promise<boolean> {
  const { connections, members, users, clock } = context;
  const now = clock.now();
  const present = await connections.findActive(ids, now);
  const alive = new Set(present.map(({ id }) => id));
  const silent = ids.filter((id) => !alive.has(id));
  await settleAll(
    ...silent.map(async (id) => {
      const revoked = await connections.revoke(id);
      await settleAll(...(revoked?.rooms ?? []).map((room) => members.tombstone(room, id, FINAL_FENCE, now)));
    }),
  );
  await users.removeConnections(user, silent);
  await settleAll(...silent.map((id) => connections.close(id)));
  return silent.length > 0;
}
