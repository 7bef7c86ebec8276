import { FINAL_FENCE } from '../ports/connectionStore';
import type { ConnectionContext } from '../ports/contexts';
import type { User } from '../protocol';
import { mayAnnounce } from '../rateLimiting/joinQuota';
import { settleAll } from '../util/settleAll';
import { announceChanges } from './announcements';

/** Connections that are removed at the same time. A room of any size may lose all of its connections at once. */
const BATCH_SIZE = 100;

/** Forgets a connection that is closed, in every room it was in. Its user pays for what this consumes. */
export async function removeClosedConnection(context: ConnectionContext, id: string): Promise<void> {
  const [user] = await removeClosedConnections(context, [id]);
  await context.unitQuota.pay(user?.id);
}

/**
 * Removes closed connections from every room, and announces the users that left. A connection without a row is not
 * announced: the function that removed the row announces it. Above a user's rate the others find out when they ask.
 * Gives the users of the connections that had a row.
 */
export async function removeClosedConnections(
  context: ConnectionContext,
  gone: readonly string[],
  knownRoom?: string,
): Promise<User[]> {
  const users: User[] = [];
  for (let from = 0; from < gone.length; from += BATCH_SIZE)
    users.push(...(await removeBatch(context, gone.slice(from, from + BATCH_SIZE), knownRoom)));
  return users;
}

async function removeBatch(
  context: ConnectionContext,
  gone: readonly string[],
  knownRoom: string | undefined,
): Promise<User[]> {
  const users: User[] = [];
  const left = new Map<string, User[]>();
  const remove = async (id: string): Promise<void> => {
    // The connection's row leads to its members' rows: it goes last, so that a repeat finds what is left.
    const revoked = await context.connections.revoke(id);
    if (revoked) users.push(revoked.user);
    const rooms = new Set(revoked?.rooms);
    if (knownRoom !== undefined) rooms.add(knownRoom);
    await settleAll(...[...rooms].map((room) => context.members.remove(room, id, FINAL_FENCE)));
    const closed = revoked && (await context.connections.close(id));
    if (!closed) return;
    context.metrics.increment('ConnectionsClosed');
    if (closed.rooms.length === 0 || !(await mayAnnounce(context, closed.user))) return;
    for (const room of closed.rooms) left.set(room, [...(left.get(room) ?? []), closed.user]);
  };
  try {
    await settleAll(...gone.map(remove));
  } finally {
    await announceChanges(context, left, 'memberLeft');
  }
  return users;
}
