import type { User } from '../protocol';

/** What a ban from every room names in a room's place. */
export const EVERYWHERE = '*';

/** Rooms that a row lists one by one as banned; with more, every join looks for a ban. Keeps rows small. */
export const MAX_LISTED_BANS = 10;

/**
 * A room that a user is kept out of, or {@link EVERYWHERE}, until a time in milliseconds since the epoch. Without `by`
 * the operator gave it.
 */
export interface Ban {
  room: string;
  until: number;
  /** The user is a guest who signs out: nobody bans the guest. */
  isSignOut?: true;
  by?: User;
}

/** Users' bans. */
export interface BanStore {
  /** Writes a ban; gives the user's connections. Of several bans from a room the longest holds. */
  addBan(user: string, ban: Ban, now: number): Promise<string[]>;
  /** Takes back the ban from a room. */
  removeBan(user: string, room: string): Promise<void>;
  /** Gives when the bans in force from some rooms, or {@link EVERYWHERE}, end: the last of them, or `undefined`. */
  findBan(user: string, rooms: readonly string[], now: number): Promise<number | undefined>;
  /** Gives those of some rooms, or {@link EVERYWHERE}, that the user is banned from. */
  findBans(user: string, rooms: readonly string[], now: number): Promise<Set<string>>;
}
