import type { DraftPart, User } from '../protocol';

/** A text that a user is writing in answer to the message at `of`. */
export interface StoredDraft {
  generation: number;
  text: string;
  from: User;
}

/** A part of a draft with its writer. */
export interface NewPart extends DraftPart {
  room: string;
  from: User;
}

/** Drafts, one for each message and writer, kept an hour after their latest part. Reads are strongly consistent. */
export interface DraftStore {
  /**
   * Keeps a part: the first of a new generation, the next of the latest one, or the end of one. `characters` is the
   * length of its text. A repeat is kept again. Tells whether it was kept: another part may be missing, or another
   * generation have begun.
   */
  add(part: NewPart, characters: number, now: number): Promise<boolean>;
  /** Reads what a user has written so far; `undefined` when nothing is being written. */
  read(room: string, of: number, user: string, now: number): Promise<StoredDraft | undefined>;
  /** Removes a user's draft. */
  remove(room: string, of: number, user: string): Promise<void>;
}
