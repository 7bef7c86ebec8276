import {
  type Clock,
  type Connection,
  type ConnectionStore,
  EVERYWHERE,
  type MemberStore,
  type UserStore,
} from '../ports/ports';
import type { Brake } from '../rateLimiting/retryAfterCache';
import { settle } from '../util/settleAll';

/** What letting a connection in works with. */
export interface Door {
  connections: ConnectionStore;
  members: MemberStore;
  users: UserStore;
  clock: Clock;
  brake: Brake;
  /** Connections a user may have at a time. */
  mostConnections: number;
  leaseMs: number;
}

/** Connections that come at once may take the places that were made free for this one. */
const MOST_TRIES = 3;

/**
 * Records a new connection, unless its user is banned, held off, or has as many as may be. Its own row comes first: a
 * ban that finds it among the user's connections must find it there too. Who knocks again while held off costs this
 * container no call.
 */
export async function welcome(
  door: Door,
  connection: Connection,
): Promise<'welcome' | 'banned' | 'heldOff' | 'tooMany'> {
  const { brake, connections, users, clock } = door;
  const { id, user } = connection;
  if (brake.left(user.id, clock.now()) > 0) return 'heldOff';
  await connections.open(connection, clock.now() + door.leaseMs);
  for (let attempt = 1; ; attempt++) {
    const arrival = await users.arrive(user.id, id, door.mostConnections, clock.now());
    if (arrival.outcome === 'arrived') {
      const rooms = arrival.bans.map(({ room }) => room);
      if (!rooms.includes(EVERYWHERE)) {
        if (rooms.length > 0) await connections.bar(id, rooms);
        return 'welcome';
      }
      await settle(connections.close(id), users.dismiss(user.id, [id]));
      return 'banned';
    }
    if (arrival.outcome === 'heldOff') brake.told(user.id, arrival.until - clock.now(), clock.now());
    const isRoomMade =
      arrival.outcome === 'tooMany' &&
      attempt < MOST_TRIES &&
      (await clearOut(door, user.id, arrival.connections));
    if (isRoomMade) continue;
    await connections.close(id);
    return arrival.outcome;
  }
}

/** Forgets those of a user's connections that gave no sign of life for a while; tells whether there were any. */
async function clearOut(door: Door, user: string, ids: readonly string[]): Promise<boolean> {
  const { connections, members, users, clock } = door;
  const present = await connections.present(ids, clock.now());
  const alive = new Set(present.map(({ id }) => id));
  const silent = ids.filter((id) => !alive.has(id));
  await settle(
    ...silent.map(async (id) => {
      const closed = await connections.close(id);
      await settle(...(closed?.rooms ?? []).map((room) => members.remove(room, id)));
    }),
  );
  await users.dismiss(user, silent);
  return silent.length > 0;
}
