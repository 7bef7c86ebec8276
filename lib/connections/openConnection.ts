import type { Clock } from '../ports/clock';
import { activeOf, type ConnectionStore, FINAL_FENCE, type NewConnection } from '../ports/connectionStore';
import type { HandshakeStore } from '../ports/handshakeStore';
import type { MemberStore } from '../ports/memberStore';
import type { RetryAfterCache } from '../ports/retryAfterCache';
import type { UnitQuota } from '../ports/unitQuota';
import type { AddConnectionResult, UserStore } from '../ports/userStore';
import type { HandshakeRefusal } from '../protocol/errorReplies';
import { settleAll } from '../util/settleAll';

/** What letting a connection in works with. */
export interface OpenConnectionContext {
  connections: ConnectionStore & HandshakeStore;
  members: MemberStore;
  users: UserStore;
  clock: Clock;
  retryAfterCache: RetryAfterCache;
  unitQuota: UnitQuota;
  /** Connections a user may have at a time. */
  maxConnections: number;
  leaseMs: number;
}

/** Each attempt but the first follows another connection of the user that came meanwhile. */
const MAX_ATTEMPTS = 8;

/** A handshake, and whether its client takes the reason of a refusal on a connection of its own. */
export interface Handshake extends NewConnection {
  takesRefusal?: boolean;
}

type HandshakeOutcome = 'opened' | 'banned' | 'coolingDown' | 'tooMany';

/**
 * Records a new connection, unless its user is banned, held off, or has as many as may be. Its own row comes first: a
 * ban that finds it among the user's connections must find it there too. A reconnect during the cool-down costs this
 * container no call. The row of a refused connection stays where the client takes the reason.
 */
export async function openConnection(
  context: OpenConnectionContext,
  handshake: Handshake,
): Promise<HandshakeOutcome> {
  if (context.unitQuota.debtMs(handshake.user.id) > 0) return 'coolingDown';
  try {
    return await recordConnection(context, handshake);
  } finally {
    await context.unitQuota.pay(handshake.user.id);
  }
}

async function recordConnection(
  context: OpenConnectionContext,
  handshake: Handshake,
): Promise<HandshakeOutcome> {
  const { retryAfterCache, connections, users, clock } = context;
  const { id, user, takesRefusal = false } = handshake;
  const refuse = (refusal: HandshakeRefusal): Promise<unknown> =>
    takesRefusal ? connections.refuse(id, refusal) : connections.close(id);

  if (retryAfterCache.remainingMs(user.id, clock.now()) > 0) return 'coolingDown';
  await connections.open(handshake, clock.now() + context.leaseMs);
  const arrival = await arrive(context, handshake);
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
      await refuse({ kind: 'tooManyConnections' });
      return 'tooMany';
    default:
      return arrival satisfies never;
  }
}

/** Adds the connection to its user's. If those are too many, it takes the place of some that it may replace. */
async function arrive(context: OpenConnectionContext, handshake: Handshake): Promise<AddConnectionResult> {
  const { users, connections, clock, maxConnections } = context;
  const { id, user } = handshake;
  for (let attempt = 1; ; attempt++) {
    const added = await users.addConnection(user.id, id, maxConnections, clock.now());
    if (added.kind !== 'tooMany' || attempt === MAX_ATTEMPTS) return added;
    const known = added.connections;
    const gone = await evict(context, handshake, known);
    if (gone.length === 0) return added;
    const arrival = await users.replaceConnections(user.id, id, { known, gone }, clock.now());
    if (arrival.kind === 'tooMany') continue;
    await settleAll(...gone.map((each) => connections.close(each)));
    return arrival;
  }
}

/**
 * Takes the permissions and the rooms from those of a user's connections that gave no sign of life for a while, or
 * else from those that the new one replaces. Returns their ids. The rows that lead to them go later: a repeat, or a
 * kick, then finds the rest.
 */
async function evict(
  { connections, members, clock }: OpenConnectionContext,
  { session }: NewConnection,
  ids: readonly string[],
): Promise<string[]> {
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
  return evicted;
}
