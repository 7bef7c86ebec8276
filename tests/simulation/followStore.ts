import type { Follow, FollowStore } from '../../lib/ports/followStore';

/** The rooms that users follow, by user and room. */
export type FollowRows = Map<string, Map<string, Follow>>;

/** Keeps the rooms that users follow in some rows. */
export function createFollowStore(users: FollowRows): FollowStore {
  const rowsOf = (user: string): Map<string, Follow> => {
    const rows = users.get(user) ?? new Map<string, Follow>();
    users.set(user, rows);
    return rows;
  };
  const isLive = (now: number) => (follow: Follow) => (follow.expiresAt ?? now + 1) > now;
  const stored = ({ expiresAt, ...follow }: Follow): Follow => ({
    ...follow,
    ...(expiresAt !== undefined && { expiresAt: Math.ceil(expiresAt / 1000) * 1000 }),
  });
  return {
    async add(user, follow, maxRooms, now) {
      const rows = rowsOf(user);
      const known = rows.get(follow.room);
      if (known && isLive(now)(known)) return 'known';
      if ([...rows.values()].filter(isLive(now)).length >= maxRooms) return 'tooMany';
      rows.set(follow.room, stored(follow));
      return 'new';
    },
    remove: async (user, room) => rowsOf(user).delete(room),
    async keep(user, rooms, expiresAt) {
      for (const room of rooms) {
        const follow = rowsOf(user).get(room);
        if (follow) rowsOf(user).set(room, stored({ ...follow, expiresAt }));
      }
    },
    async mark(user, room, version, mark, now) {
      const follow = rowsOf(user).get(room);
      if (!follow || !isLive(now)(follow)) return 'notFollowed';
      const { version: held = 0, seq = -1 } = follow.mark ?? {};
      if (held !== version || (mark.version === held && mark.seq <= seq)) return { held: follow.mark };
      rowsOf(user).set(room, { ...follow, mark });
      return 'marked';
    },
    async readPage(user, from = '', limit, now) {
      const after = [...rowsOf(user).values()].filter(({ room }) => room > from).sort(byRoom);
      const page = after.slice(0, limit);
      const next = page.at(-1)?.room;
      const follows = page.filter(isLive(now));
      return after.length > limit && next !== undefined ? { follows, next } : { follows };
    },
  };
}

function byRoom(a: Follow, b: Follow): number {
  return a.room < b.room ? -1 : 1;
}
