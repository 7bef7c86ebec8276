/** A connection that is open as far as its row tells. Times are in milliseconds since the epoch. */
export interface OpenConnection {
  id: string;
  user: string;
  name: string;
  /** When its token expires. */
  expiresAt: number;
  /** Until when it shows signs of life. */
  lease: number;
}

/** A connection of one user, with its rooms. */
export interface Device extends OpenConnection {
  firstLease: number;
  rooms: string[];
}

/** A ban in force; `room` is missing where it is from every room. */
export interface StandingBan {
  user: string;
  room?: string;
  until: number;
  /** The user is a guest who signed out: nobody banned the guest. */
  isSignOut?: true;
}

/** A part of a search through a whole table; `next` is where another call goes on, and missing at the end. */
export interface DirectoryPage<T> {
  found: T[];
  next?: string;
}

/** What operators see of users; nothing on a message's way uses it. */
export interface UserDirectory {
  /** Reads a user's open connections and the bans that the user's row lists; `hasMoreBans`: there may be others. */
  read(user: string, now: number): Promise<{ devices: Device[]; bans: StandingBan[]; hasMoreBans: boolean }>;
  /** Reads a part of the open connections, in no order. */
  scanConnections(now: number, from?: string): Promise<DirectoryPage<OpenConnection>>;
  /** Reads a part of the bans in force, in no order. Bans of an older version name no user and are not found. */
  scanBans(now: number, from?: string): Promise<DirectoryPage<StandingBan>>;
}
