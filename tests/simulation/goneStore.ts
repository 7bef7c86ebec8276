import type { GoneStore } from '../../lib/ports/goneStore';

/** How far up rooms have lost messages, in memory: see `createStores`. */
export function createGoneStore(): GoneStore {
  const rooms = new Map<string, number>();
  return {
    async raise(room, seq) {
      rooms.set(room, Math.max(seq, rooms.get(room) ?? 0));
    },
    read: async (room) => rooms.get(room) ?? 0,
  };
}
