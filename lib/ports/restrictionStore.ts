import type { User } from '../protocol';

/** A user that may read in a room and not write, until a time in milliseconds since the epoch. */
export interface Mute {
  user: User;
  until: number;
  /** Without it the operator gave the mute. */
  by?: User;
}

/** What holds one user back in a room. The times are in milliseconds since the epoch, and 0 where nothing does. */
export interface Restriction {
  mutedUntil: number;
  /** When slow mode lets the user send another message. */
  nextAt: number;
  /** The message that took the last turn, and the head of the room then. */
  turn?: { id: string; head: number };
}

/** A message that takes the user's turn in slow mode. `head` is the head of the room that was searched for it. */
export interface Turn {
  id: string;
  /** The cursor of the send: everything above it was searched. */
  after: number;
  head: number;
  now: number;
  /** When the turn after it begins. */
  nextAt: number;
}

/** Mutes and turns, a row for each user and room that has any. Every read is strongly consistent. */
export interface RestrictionStore {
  read(user: string, room: string): Promise<Restriction>;
  /**
   * Takes the user's turn, or gives what refuses it. A repeat keeps the turn: the same id, and a cursor from where its
   * search sees every place that the first attempt can have.
   */
  takeTurn(user: string, room: string, turn: Turn): Promise<Restriction | undefined>;
}

/** What moderators do to mutes. */
export interface MuteStore {
  /** Mutes a user, and lists the mute with the room's bans first. Of several mutes the longest holds. */
  mute(room: string, mute: Mute, now: number): Promise<void>;
  unmute(user: string, room: string): Promise<void>;
}

/** What erasures do to mutes and turns. */
export interface RestrictionErasureStore {
  /** Forgets a part of what holds a user back in any room; tells how much, and whether more is left. */
  forgetSome(user: string, limit: number): Promise<{ forgotten: number; isDone: boolean }>;
}
