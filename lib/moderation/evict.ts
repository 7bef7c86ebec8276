import { FINAL_FENCE } from '../ports/connectionStore';
import type { ConnectionContext, ConnectionRoomContext } from '../ports/contexts';
import type { User } from '../protocol';
import { settleAll } from '../util/settleAll';

/** A connection that was put out; `rooms` are those it was in. */
export interface RemovedConnection {
  id: string;
  user: User | undefined;
  rooms: readonly string[];
}

/**
 * Takes connections out of a room: first their permissions, then their member rows. The next join looks for bans. A room
 * whose member row could not be removed is noted, for the next join, a ban or the end of the connection to remove it.
 */
export async function evict(
  { connections, members, clock }: Pick<ConnectionContext, 'members' | 'clock'> & ConnectionRoomContext,
  room: string,
  ids: readonly string[],
): Promise<RemovedConnection[]> {
  const now = clock.now();
  return settleAll(
    ...ids.map(async (id): Promise<RemovedConnection> => {
      const expelled = await connections.removeFromRoom(id, room);
      const fence = expelled?.fence ?? FINAL_FENCE;
      const { wasMember } = await members.tombstone(room, id, fence, now).catch(async (error: unknown) => {
        await connections.beginLeave(id, room);
        throw error;
      });
      return { id, user: expelled?.user, rooms: expelled && wasMember ? [room] : [] };
    }),
  );
}
