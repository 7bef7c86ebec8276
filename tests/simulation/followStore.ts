import type { Follow, FollowStore, NewFollow } from '../../lib/ports/followStore';
import type { MentionStore } from '../../lib/ports/mentionStore';

/** The rooms that users follow, by user and room. */
export type FollowRows = Map<string, Map<string, Follow>>;

/** Keeps the rooms that users follow in some rows. */
export function createFollowStore(users: FollowRows): FollowStore {
  const rowsOf = (user: string): Map<string, Follow> => {
    const rows = users.get(user) ?? new Map<string, Follow>();
    users.set(user, rows);
    return rows;
  };
  const stored = <F extends NewFollow>({ expiresAt, ...follow }: F) => ({
    ...follow,
    ...(expiresAt !== undefined && { expiresAt: Math.ceil(expiresAt / 1000) * 1000 }),
  });
  return {
    async add(user, follow, maxRooms, now) {
      const rows = rowsOf(user);
      const known = rows.get(follow.room);
      if (known && isLive(now)(known)) return 'known';
      if ([...rows.values()].filter(isLive(now)).length >= maxRooms) return 'tooMany';
      rows.set(follow.room, { ...stored(follow), mentions: { seqs: [], forgottenUpTo: 0 } });
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
      return { marked: follow.mentions };
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

/** Notes mentions in the same rows. */
export function createMentionStore(users: FollowRows): MentionStore {
  return {
    async add(user, room, seq, now) {
      const follow = users.get(user)?.get(room);
      if (!follow || !isLive(now)(follow) || follow.mentions.forgottenUpTo >= seq) return;
      const seqs = [...new Set([...follow.mentions.seqs, seq])].sort((a, b) => b - a);
      const old = seqs.length > 40 ? seqs.splice(20) : [];
      const forgottenUpTo = Math.max(follow.mentions.forgottenUpTo, ...old);
      users.get(user)?.set(room, { ...follow, mentions: { seqs, forgottenUpTo } });
    },
  };
}

function isLive(now: number) {
  return ({ expiresAt = now + 1 }: Follow): boolean => expiresAt > now;
}

function byRoom(a: Follow, b: Follow): number {
  return a.room < b.room ? -1 : 1;
}
