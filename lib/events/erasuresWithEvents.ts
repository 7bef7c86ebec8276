import type { ErasureNote, ErasureNoteStore } from '../ports/erasureNoteStore';
import type { ErasureStore } from '../ports/erasureStore';
import type { WakeQueue } from '../ports/wakeQueue';

/** A wake comes after this, in milliseconds: when the function that erases has ended. */
export const WAKE_DELAY_MS = 30_000;

/**
 * Adds to the erasures of one invocation that the sink hears of them: an entry is noted before it is erased. The wake
 * of its room is queued before the first one, because a run that goes on after a failure does not find erased entries.
 */
export function erasuresWithEvents(
  erasures: ErasureStore,
  notes: ErasureNoteStore,
  wakes: WakeQueue,
): ErasureStore {
  const woken = new Map<string, Promise<void>>();
  const wakeOnce = (room: string): Promise<void> => {
    const queued = woken.get(room) ?? wakes.enqueue({ room }, WAKE_DELAY_MS);
    woken.set(room, queued);
    return queued;
  };
  const note = async (room: string, { seq, id }: ErasureNote): Promise<void> => {
    await wakeOnce(room);
    await notes.add(room, { seq, id });
  };
  return {
    ...erasures,
    async erase(room, slot) {
      await note(room, slot);
      return erasures.erase(room, slot);
    },
    async eraseModerator(room, slot) {
      await note(room, slot);
      return erasures.eraseModerator(room, slot);
    },
  };
}
