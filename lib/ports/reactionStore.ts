import type { User } from '../protocol';

/** How the reactions to one message are counted. */
export interface ReactionState {
  /** How many changes were counted. */
  k: number;
  /** The `k` that the latest writer of an entry found; it writes the changes up to it. */
  claimed: number;
  /** The highest `k` whose entry was written and applied. */
  done: number;
  /** The next entry is not written before, in milliseconds since the epoch. */
  next?: number;
  /** When the latest change was counted, in milliseconds since the epoch. */
  changedAt: number;
  /** How many users had reacted at the latest entry. */
  reactors: number;
  /** Every name that was ever used. */
  names: ReadonlySet<string>;
}

/** A message that users may react to. `state` is missing before the first reaction. */
export interface ReactionTarget {
  /** When the message was written. */
  at: number;
  state?: ReactionState;
}

/** What one user has on at a message. */
export interface ReactionSet {
  user: User;
  on: readonly string[];
}

/** A user's reaction to the message at `of`, switched on or off; of two versions the higher one holds. */
export interface Toggle {
  room: string;
  of: number;
  user: User;
  name: string;
  on: boolean;
  v: number;
}

/** What became of a toggle: `v` is the version that holds instead. */
export type ToggleResult = 'set' | 'tooMany' | { v: number };

/** The reader's own names at a message, and how its reactions are counted. */
export interface OwnReactions {
  mine: readonly string[];
  state?: ReactionState;
}

/**
 * Reactions beside the log: a row for each message and user, and one for each message that counts changes. Every read
 * is strongly consistent. `expiresAt` is when a row goes, after its message; `undefined` keeps it.
 */
export interface ReactionStore {
  /** Reads what users react to; `undefined` when there is no message by `now`. */
  readTarget(room: string, of: number, now: number): Promise<ReactionTarget | undefined>;
  /** Marks a message as one with reactions, before the first of them. Tells whether there is a message. */
  mark(room: string, of: number): Promise<boolean>;
  /** Takes one of the message's places for names. Tells whether the name has one. */
  addName(room: string, of: number, name: string, maxNames: number, expiresAt?: number): Promise<boolean>;
  /** Switches a reaction if no version as high is known of it. A repeat of the same toggle is `set` again. */
  toggle(toggle: Toggle, maxOn: number, expiresAt?: number): Promise<ToggleResult>;
  /** Counts a change, and gives the state after it. */
  count(room: string, of: number, now: number, expiresAt?: number): Promise<ReactionState>;
  /**
   * Claims the right to write the next entry, and gives the `k` that it has to hold. With `seen`, only if no writer
   * has claimed since `next` had that value.
   */
  claim(
    room: string,
    of: number,
    next: number,
    seen?: { next: number | undefined },
  ): Promise<number | undefined>;
  /** Notes that the entry for `k` was written and applied, and how many users have reacted. */
  finish(room: string, of: number, k: number, reactors: number): Promise<void>;
  /** Reads at most `limit` users' sets of a message, those without a reaction too. */
  readSets(room: string, of: number, limit: number): Promise<ReactionSet[]>;
}

/** What readers see of reactions besides. Every read is strongly consistent. */
export interface OwnReactionStore {
  /** Reads a user's own reactions to some messages, and their states. */
  readOwn(room: string, seqs: readonly number[], user: string): Promise<Map<number, OwnReactions>>;
}

/** What erasures do to reactions. */
export interface ReactionErasureStore {
  /** Empties a user's set and removes the user's name from it. The user's id stays until {@link removeSet}. */
  clearSet(room: string, of: number, user: string): Promise<void>;
  /** Removes a user's set, unless a late toggle has put something on again. */
  removeSet(room: string, of: number, user: string): Promise<void>;
  /** Removes at most `limit` rows of a message's reactions, and tells whether there may be more. */
  removeSome(room: string, of: number, limit: number): Promise<boolean>;
}
