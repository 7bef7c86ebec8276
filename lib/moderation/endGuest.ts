import { announceLeft } from '../connections/presence';
import type { ConnectionContext, UserContext } from '../ports/contexts';
import type { User } from '../protocol';
import { settleAll } from '../util/settleAll';
import { closeSocket, evictEverywhere } from './removeUser';

/**
 * Ends a guest who signed out: no token of the guest's works until a time in milliseconds since the epoch, and the
 * guest's sockets are closed. Rooms see the guest leave; nothing is written to their logs.
 * @throws Unavailable when the outcome is unknown; the same again finishes it.
 */
export async function endGuest(
  context: ConnectionContext & UserContext,
  user: User,
  until: number,
): Promise<void> {
  const out = await evictEverywhere(context, user.id, until);
  const rooms = new Set(out.flatMap((connection) => connection.rooms));
  await settleAll(
    ...[...rooms].map((room) => announceLeft(context, room, [user])),
    ...out.map(({ id }) => closeSocket(context, id)),
  );
}
