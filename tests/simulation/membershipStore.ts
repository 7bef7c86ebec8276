import type { MembershipStore } from '../../lib/ports/membershipStore';

/** Who is a member of private rooms in memory: see `createStores`. */
export function createMembershipStore(): MembershipStore {
  const users = new Map<string, Map<string, number>>();
  const roomsOf = (user: string): Map<string, number> => {
    const rooms = users.get(user) ?? new Map<string, number>();
    users.set(user, rooms);
    return rooms;
  };
  return {
    async add(user, { room, since }) {
      if (roomsOf(user).has(room)) return false;
      roomsOf(user).set(room, since);
      return true;
    },
    remove: async (user, room) => roomsOf(user).delete(room),
    findRooms: async (user, rooms) => new Set(rooms.filter((room) => roomsOf(user).has(room))),
    findUsers: async (room, asked) => new Set(asked.filter((user) => roomsOf(user).has(room))),
    async forgetSome(user, limit) {
      const all = [...roomsOf(user).keys()].sort();
      const rooms = all.slice(0, limit);
      for (const room of rooms) roomsOf(user).delete(room);
      return { rooms, isDone: all.length < limit };
    },
  };
}
