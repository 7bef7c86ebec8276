/**
 * The entries of a room that mentioned a user when they were written: messages, and edits that added a mention. What
 * they say now is in the log.
 */
export interface MentionCandidates {
  /** Seqs in any order. */
  seqs: readonly number[];
  /** Candidates up to this seq may be missing; 0 while none is. */
  forgottenUpTo: number;
}

/** Notes the mentions of users in the rooms that they follow. */
export interface MentionStore {
  /**
   * Notes that the entry at a seq mentions a user, if the user follows the room. The newest 20 stay, and up to 40. A
   * repeat changes nothing.
   */
  add(user: string, room: string, seq: number, now: number): Promise<void>;
}
