import type { Clock } from '../ports/clock';
import { activeOf, type ConnectionStore, FINAL_FENCE, type NewConnection } from '../ports/connectionStore';
import type { MemberStore } from '../ports/memberStore';
import type { RetryAfterCache } from '../ports/retryAfterCache';
import type { UserStore } from '../ports/userStore';
import type { HandshakeRefusal } from '../protocol/errorReplies';
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

/** A handshake, and whether its client takes the reason of a refusal on a connection of its own. */
export interface Handshake extends NewConnection {
  takesRefusal?: boolean;
}

/**
 * Records a new connection, unless its user is banned, held off, or has as many as may be. Its own row comes first: a
 * ban that finds it among the user's connections must find it there too. A reconnect during the cool-down costs this
 * container no call. The row of a refused connection stays where the client takes the reason.
 */
export async function openConnection(
  context: OpenConnectionContext,
  handshake: Handshake,
): Promise<'opened' | 'banned' | 'coolingDown' | 'tooMany'> {
  const { retryAfterCache, connections, users, clock } = context;
  const { id, user, takesRefusal = false } = handshake;
  const refuse = (refusal: HandshakeRefusal): Promise<unknown> =>
    takesRefusal ? connections.refuse(id, refusal) : connections.close(id);

  if (retryAfterCache.remainingMs(user.id, clock.now()) > 0) return 'coolingDown';
  await connections.open(handshake, clock.now() + context.leaseMs);
  for (let attempt = 1; ; attempt++) {
    const arrival = await users.addConnection(user.id, id, context.maxConnections, clock.now());
    switch (arrival.kind) {
      case 'added':
        if (arrival.banCheckRooms.length > 0) await connections.requireBanCheck(id, arrival.banCheckRooms);
        return 'opened';
      case 'banned':
        await settleAll(
          refuse({ kind: 'bannedEverywhere', until: arrival.until }),
          users.removeConnections(user.id, [id]),
        );
        return 'banned';
      case 'coolingDown':
        retryAfterCache.record(user.id, arrival.until - clock.now(), clock.now());
        await connections.close(id);
        return 'coolingDown';
      case 'tooMany':
        if (attempt < MAX_ATTEMPTS && (await makeRoom(context, handshake, arrival.connections))) continue;
        await refuse({ kind: 'tooManyConnections' });
        return 'tooMany';
      default:
        return arrival satisfies never;
    }
  }
}

/**
 * Forgets those of a user's connections that gave no sign of life for a while, or else those that the new one
 * replaces; tells whether there were any. Permissions go first, and the row that leads to the others goes last. A
 * repeat, or a kick, then finds the rest.
 */
async function makeRoom(
  context: OpenConnectionContext,
  { user, session }: NewConnection,
  ids: readonly string[],
): Promise<boolean> {
  const { connections, members, users, clock } = context;
  const now = clock.now();
  const present = activeOf(await connections.find(ids), now);
  const alive = new Set(present.map(({ id }) => id));
  const silent = ids.filter((id) => !alive.has(id));
  const replaced = session === undefined ? [] : present.filter((other) => other.session === session);
  const evicted = silent.length > 0 ? silent : replaced.map(({ id }) => id);
  await settleAll(
    ...evicted.map(async (id) => {
      const revoked = await connections.revoke(id);
      await settleAll(...(revoked?.rooms ?? []).map((room) => members.tombstone(room, id, FINAL_FENCE, now)));
    }),
  );
  await users.removeConnections(user.id, evicted);
  await settleAll(...evicted.map((id) => connections.close(id)));
  return evicted.length > 0;
}
