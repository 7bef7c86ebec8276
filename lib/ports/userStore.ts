import type { BanStore } from './banStore';

/** Users' cool-downs. */
export interface CooldownStore {
  /** Lets none of a user's connections arrive before a time; those that are there stay. */
  startCooldown(user: string, until: number): Promise<void>;
}

/** Users: which connections each has, and their bans. Each write is atomic under races. */
export interface UserStore extends BanStore, CooldownStore {
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
  /**
   * Puts a connection in the place of others, in one write: no other connection takes a place that was made free for
   * this one. Refuses as `addConnection` does, and with `tooMany` if the user's connections are no longer `known`.
   */
  replaceConnections(
    user: string,
    connection: string,
    replaced: { known: readonly string[]; gone: readonly string[] },
    now: number,
  ): Promise<AddConnectionResult>;
  /** Tells whether the user has connected within the last year, or published within the last hour. */
  isKnown(user: string): Promise<boolean>;
  /** Gives the user's connections, some of which may be gone. */
  readConnections(user: string): Promise<string[]>;
  /** Takes connections from a user's. */
  removeConnections(user: string, connections: readonly string[]): Promise<void>;
}

export type AddConnectionResult =
  /** `banCheckRooms`: rooms to look for a ban from before they are joined; `EVERYWHERE` stands for any room. */
  | { kind: 'added'; banCheckRooms: string[] }
  /** The end of the ban in milliseconds since the epoch. */
  | { kind: 'banned'; until: number }
  | { kind: 'tooMany'; connections: string[] }
  | { kind: 'coolingDown'; until: number };
