/** What a ban from every room names in a room's place. */
export const EVERYWHERE = '*';

/** Rooms that a row lists one by one as banned; with more, every join looks for a ban. Keeps rows small. */
export const MAX_LISTED_BANS = 10;

/** A room that a user is kept out of, or {@link EVERYWHERE}, until a time in milliseconds since the epoch. */
export interface Ban {
  room: string;
  until: number;
}

/** Users: which connections each has, and which rooms each is kept out of. Each write is atomic under races. */
export interface UserStore {
  /**
   * Adds a connection to its user's, unless those are `maxConnections` already, the user is cooling down or banned
   * from everywhere. A connection that was added before is added again: an event may come twice. A ban is written
   * before the connections are read, and read after a connection is written. The later of the two sees the earlier
   * one.
   */
  addConnection(
    user: string,
    connection: string,
    maxConnections: number,
    now: number,
  ): Promise<AddConnectionResult>;
  /** Lets none of a user's connections arrive before a time; those that are there stay. */
  startCooldown(user: string, until: number): Promise<void>;
  /** Takes connections from a user's. */
  removeConnections(user: string, connections: readonly string[]): Promise<void>;
  /** Writes a ban; gives the user's connections. Of several bans from a room the longest holds. */
  addBan(user: string, ban: Ban, now: number): Promise<string[]>;
  /** Takes back the ban from a room. */
  removeBan(user: string, room: string): Promise<void>;
  /** Tells whether a ban from the room or from everywhere is in force. */
  isBanned(user: string, room: string, now: number): Promise<boolean>;
}

export type AddConnectionResult =
  /** `banCheckRooms`: rooms to look for a ban from before they are joined; {@link EVERYWHERE} stands for any room. */
  | { kind: 'added'; banCheckRooms: string[] }
  | { kind: 'banned' }
  | { kind: 'tooMany'; connections: string[] }
  | { kind: 'coolingDown'; until: number };
