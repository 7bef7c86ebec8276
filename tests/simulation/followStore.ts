import type { Follow, FollowStore } from '../../lib/ports/followStore';

/** The rooms that users follow in memory: see `createStores`. */
export function createFollowStore(): FollowStore {
  const users = new Map<string, Map<string, Follow>>();
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
    async keep(user, follows) {
      for (const follow of follows)
        if (rowsOf(user).has(follow.room)) rowsOf(user).set(follow.room, stored(follow));
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
