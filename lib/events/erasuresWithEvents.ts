import type { ErasureNoteStore } from '../ports/erasureNoteStore';
import type { ErasureStore } from '../ports/erasureStore';

/** Adds to erasures that the sink hears of them: an entry is noted before it is erased. */
export function erasuresWithEvents(erasures: ErasureStore, notes: ErasureNoteStore): ErasureStore {
  return {
    ...erasures,
    async erase(room, slot) {
      await notes.add(room, { seq: slot.seq, id: slot.id });
      return erasures.erase(room, slot);
    },
  };
}
