import type { ListedMemberStore } from '../../lib/ports/listedMemberStore';

/** Who is a member of private rooms in memory: see `createStores`. */
export function createListedMemberStore(): ListedMemberStore {
  /** The rooms of each user, and whether the membership ended. */
  const users = new Map<string, Map<string, 'member' | 'left'>>();
  const roomsOf = (user: string): Map<string, 'member' | 'left'> => {
    const rooms = users.get(user) ?? new Map<string, 'member' | 'left'>();
    users.set(user, rooms);
    return rooms;
  };
  const isMember = (user: string, room: string) => roomsOf(user).get(room) === 'member';
  return {
    async add(user, { room }) {
      if (isMember(user, room)) return false;
      roomsOf(user).set(room, 'member');
      return true;
    },
    async remove(user, room) {
      if (!roomsOf(user).has(room)) return false;
      roomsOf(user).set(room, 'left');
      return true;
    },
    async finishRemoval(user, room) {
      if (!isMember(user, room)) roomsOf(user).delete(room);
    },
    findRooms: async (user, rooms) => new Set(rooms.filter((room) => isMember(user, room))),
    findUsers: async (room, asked) => new Set(asked.filter((user) => isMember(user, room))),
    async forgetSome(user, limit) {
      const all = [...roomsOf(user).keys()].sort();
      const rooms = all.slice(0, limit);
      for (const room of rooms) roomsOf(user).delete(room);
      return { forgotten: rooms.length, isDone: all.length < limit };
    },
  };
}
