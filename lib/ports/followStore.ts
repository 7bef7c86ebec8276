import type { MentionCandidates } from './mentionStore';

/** A room that a user follows, on every device. */
export interface Follow {
  room: string;
  /** Since when, in milliseconds since the epoch. */
  since: number;
  /** In a direct room, the id of the other user. */
  with?: string;
  /** When the row expires unless it is kept, in milliseconds since the epoch: only guests' do. */
  expiresAt?: number;
  /** How far the user has read; missing before the first mark. */
  mark?: ReadMark;
  mentions: MentionCandidates;
}

/** What a follow begins with. */
export type NewFollow = Omit<Follow, 'mark' | 'mentions'>;

/** How far a user has read a room. Of two marks the one with the higher (version, seq) holds. */
export interface ReadMark {
  /** How often the user has marked the room unread. */
  version: number;
  seq: number;
  /** How many messages the log got up to the marked row. */
  n: number;
  /** When the marked row was written, in milliseconds since the epoch. */
  at: number;
  /** When the marked row may expire at the earliest, as far as it was known; in milliseconds since the epoch. */
  expiresAt?: number;
}

/** The mark was written beside these mentions, the user does not follow the room, or another mark holds. */
export type MarkResult = { marked: MentionCandidates } | 'notFollowed' | { held: ReadMark | undefined };

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
  add(user: string, follow: NewFollow, maxRooms: number, now: number): Promise<FollowResult>;
  /** Follows a room no longer; tells whether the user did. */
  remove(user: string, room: string): Promise<boolean>;
  /** Moves the expiry of rooms, where the user still follows them. */
  keep(user: string, rooms: readonly string[], expiresAt: number): Promise<void>;
  /** Writes a mark if `version` is that of the mark so far, 0 without one, and the new one is higher. */
  mark(user: string, room: string, version: number, mark: ReadMark, now: number): Promise<MarkResult>;
  /** Gives the next `limit` rooms whose names come after `from`, or fewer. */
  readPage(user: string, from: string | undefined, limit: number, now: number): Promise<FollowPage>;
}
