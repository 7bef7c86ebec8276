import { announceLeft } from '../connections/announcements';
import type { ConnectionContext, ConnectionRoomContext, ListedMemberContext } from '../ports/contexts';
import type { User } from '../protocol';
import { evict } from './evict';

/** Connections that are read and put out at a time. */
const PAGE = 100;

/**
 * Removes from a room the connections of users who are no listed members. A join writes its member row before it reads
 * the room's settings, so this comes after them.
 * @throws Unavailable when some may still be in it; the same again finishes it.
 */
export async function closeToOutsiders(
  context: ConnectionContext & ConnectionRoomContext & ListedMemberContext,
  room: string,
): Promise<void> {
  const left = new Map<string, User>();
  for await (const page of context.members.list(room, PAGE)) {
    const here = await context.connections.find(page.map(({ id }) => id));
    const own = await context.memberships.findUsers(room, [...new Set(here.map(({ user }) => user.id))]);
    const stays = new Set(here.filter(({ user }) => own.has(user.id)).map(({ id }) => id));
    await evict(
      context,
      room,
      page.map(({ id }) => id).filter((id) => !stays.has(id)),
    );
    for (const { id, user } of here) if (!stays.has(id)) left.set(user.id, user);
  }
  if (left.size > 0) await announceLeft(context, room, [...left.values()]);
}
