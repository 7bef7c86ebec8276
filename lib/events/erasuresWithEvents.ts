import type { ErasureNoteStore } from '../ports/erasureNoteStore';
import type { ErasureStore } from '../ports/erasureStore';
import type { WakeQueue } from '../ports/wakeQueue';

/** Erasures that the sink hears of. */
export interface ToldErasures extends ErasureStore {
  /** Wakes the relay for the rooms whose entries were erased since the last call. */
  wakeRooms(): Promise<void>;
}

/** Adds to erasures that the sink hears of them: an entry is noted before it is erased. */
export function erasuresWithEvents(
  erasures: ErasureStore,
  notes: ErasureNoteStore,
  wakes: WakeQueue,
): ToldErasures {
  const rooms = new Set<string>();
  return {
    ...erasures,

    async erase(room, slot) {
      await notes.add(room, { seq: slot.seq, id: slot.id });
      rooms.add(room);
      return erasures.erase(room, slot);
    },

    async wakeRooms() {
      for (const room of rooms) {
        await wakes.enqueue({ room }, 0);
        rooms.delete(room);
      }
    },
  };
}
