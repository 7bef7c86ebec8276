import type { ErasedEntry } from '../protocol';

/** An entry that is about to be erased, or was. */
export type ErasureNote = Pick<ErasedEntry, 'seq' | 'id'>;

/** Erasures that the sink has not heard of. @throws Unavailable when the outcome is unknown. */
export interface ErasureNoteStore {
  add(room: string, note: ErasureNote): Promise<void>;
  /** Reads at most `limit` notes with a seq up to `seq`, the lowest first; strongly consistent. */
  read(room: string, seq: number, limit: number): Promise<ErasureNote[]>;
  remove(room: string, seq: number): Promise<void>;
}
