import { announceChanges } from '../connections/announcements';
import type { ConnectionContext, UserContext } from '../ports/contexts';
import type { User } from '../protocol';
import { mayAnnounce } from '../rateLimiting/joinQuota';
import { settleAll } from '../util/settleAll';
import { closeSocket, evictEverywhere } from './removeUser';

/**
 * Ends a guest who signed out: no token of the guest's works until a time in milliseconds since the epoch, and the
 * guest's sockets are closed. Rooms see the guest leave, within the guest's rate of announcements. Nothing is written
 * to their logs.
 * @throws Unavailable when the outcome is unknown; the same again finishes it.
 */
export async function endGuest(
  context: ConnectionContext & UserContext,
  user: User,
  until: number,
): Promise<void> {
  const out = await evictEverywhere(context, user.id, { until, isSignOut: true });
  const left = new Map(out.flatMap(({ rooms }) => rooms.map((room) => [room, [user]])));
  await settleAll(tellLeft(context, user, left), ...out.map(({ id }) => closeSocket(context, id)));
}

async function tellLeft(
  context: ConnectionContext,
  user: User,
  left: ReadonlyMap<string, readonly User[]>,
): Promise<void> {
  if (left.size > 0 && (await mayAnnounce(context, user))) await announceChanges(context, left, 'memberLeft');
}
