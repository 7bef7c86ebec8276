/** A room that a user follows, on every device. */
export interface Follow {
  room: string;
  /** Since when, in milliseconds since the epoch. */
  since: number;
  /** When the row expires unless it is kept, in milliseconds since the epoch: only guests' do. */
  expiresAt?: number;
}

/** A part of the rooms that a user follows, by name. */
export interface FollowPage {
  follows: Follow[];
  /** Where the next part begins; missing at the end. */
  next?: string;
}

/** A user follows a room now, did so before, or follows as many as are allowed. */
export type FollowResult = 'new' | 'known' | 'tooMany';

/** The rooms that users follow, a row for each user and room. Every read is strongly consistent. */
export interface FollowStore {
  /** Follows a room, unless the user follows `maxRooms` others. However many are followed at once, no more stay. */
  add(user: string, follow: Follow, maxRooms: number, now: number): Promise<FollowResult>;
  /** Follows a room no longer; tells whether the user did. */
  remove(user: string, room: string): Promise<boolean>;
  /** Moves the expiry of rooms to what is given, where the user still follows them. */
  keep(user: string, follows: readonly Follow[]): Promise<void>;
  /** Gives the next `limit` rooms whose names come after `from`, or fewer. */
  readPage(user: string, from: string | undefined, limit: number, now: number): Promise<FollowPage>;
}
