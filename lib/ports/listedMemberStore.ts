/** A room that a user is a member of. */
export interface Membership {
  room: string;
  /** Since when, in milliseconds since the epoch. */
  since: number;
}

/** The listed members of private rooms: a row for each user and room. Every read is strongly consistent. */
export interface ListedMemberStore {
  /** Makes a user a member; tells whether the user was none. */
  add(user: string, membership: Membership): Promise<boolean>;
  /** Ends a membership, and keeps a mark of it; tells whether there was a membership or its mark. */
  remove(user: string, room: string): Promise<boolean>;
  /** Takes the mark of an ended membership away, once all that follows from the end is done. */
  finishRemoval(user: string, room: string): Promise<void>;
  /** Gives those of some rooms that a user is a member of. */
  findRooms(user: string, rooms: readonly string[]): Promise<Set<string>>;
  /** Gives those of some users who are members of a room. */
  findUsers(room: string, users: readonly string[]): Promise<Set<string>>;
  /** Forgets a part of the rooms that a user is a member of; tells how many, and whether that was all. */
  forgetSome(user: string, limit: number): Promise<{ forgotten: number; isDone: boolean }>;
}
