import type { User } from '../protocol';
import type { Charge, ChargeResult, Judge } from './tokenBucketCharge';

/** A connection, as `$connect` saw it. */
export interface Connection {
  id: string;
  user: User;
  /** When its token expires, in milliseconds since the epoch. */
  expiresAt: number;
}

/** A connection at its handshake. */
export interface NewConnection extends Connection {
  /** The connections of one session of a user replace each other. */
  session?: string | undefined;
}

/** A connection that shows signs of life. */
export interface ActiveConnection {
  id: string;
  user: User;
  /** Until when it was present by its opening alone: of two connections, the lower came first. */
  firstLease: number;
  session?: string | undefined;
}

/** Some rooms, of which each can be asked for and none listed. */
export type RoomSet = Pick<ReadonlySet<string>, 'has'>;

/** A connection that has a row. */
export interface KnownConnection extends ActiveConnection {
  lease: number;
  /** Rooms that were told that the lease was over. */
  lapsed: RoomSet;
}

/** Gives those connections whose lease is beyond `now`. */
export function activeOf(connections: readonly KnownConnection[], now: number): ActiveConnection[] {
  return connections
    .filter(({ lease }) => lease > now)
    .map(({ id, user, firstLease, session }) => ({ id, user, firstLease, session }));
}

/** The fence after which none comes: that of a connection whose row is gone. */
export const FINAL_FENCE = Number.MAX_SAFE_INTEGER;

/** Connections: one row a socket. Each method is one conditional write, atomic under races. */
export interface ConnectionStore {
  /**
   * Removes the row; gives whose it was and the rooms it was in, or `undefined` if it was gone already, or refused.
   */
  close(id: string): Promise<{ user: User; rooms: string[] } | undefined>;
  /** Charges a frame to an open, unexpired connection in `room`, and renews its lease. */
  charge(id: string, room: string, charge: Charge, leaseUntil: number, judge?: Judge): Promise<ChargeResult>;
  /**
   * Ends every permission of a connection. Its row and its rooms stay, so that the next steps can be repeated.
   * `undefined` if it is closed.
   */
  revoke(id: string): Promise<{ user: User; rooms: string[] } | undefined>;
  /** Tells whether an open, unexpired connection is in a room. */
  isMember(id: string, room: string, now: number): Promise<boolean>;
  /** Gives those of some connections that have a row. */
  find(ids: readonly string[]): Promise<KnownConnection[]>;
}
