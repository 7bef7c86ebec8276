import type { User } from '../protocol';
import type { HandshakeRefusal, Refusal } from '../protocol/errorReplies';
import type { Charge, ChargeResult } from './tokenBucketCharge';

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

/**
 * A connection has entered a room. `hasLapsed`: the room was told that the connection had lapsed. The fence counts how
 * often the connection left a room or was removed from one. Later writes of a join or a leave with an earlier fence
 * must fail.
 */
export type JoinResult = { fence: number; hasLapsed?: true } | Refusal;

/** A connection was removed from a room. */
export interface RemovedFromRoom {
  user: User;
  /** The fence that begins. */
  fence: number;
}

/** The fence after which none comes: that of a connection whose row is gone. */
export const FINAL_FENCE = Number.MAX_SAFE_INTEGER;

/** Connections: one row a socket. Each method is one conditional write, atomic under races. */
export interface ConnectionStore {
  /** Opening one that is open changes nothing. */
  open(connection: NewConnection, leaseUntil: number): Promise<void>;
  /** Ends every permission of a new connection: each of its frames is answered by the refusal. */
  refuse(id: string, refusal: HandshakeRefusal): Promise<void>;
  /**
   * Removes the row; gives whose it was and the rooms it was in, or `undefined` if it was gone already, or refused.
   */
  close(id: string): Promise<{ user: User; rooms: string[] } | undefined>;
  /** Charges a frame to an open, unexpired connection in `room`, and renews its lease. */
  charge(id: string, room: string, charge: Charge, leaseUntil: number): Promise<ChargeResult>;
  /**
   * Charges a frame and adds `room` to the connection's rooms, up to `maxRooms`, unless a ban must be checked first.
   * After no ban was found, `clearedFence` is the fence of the refusal: nothing was removed since then.
   */
  join(
    id: string,
    room: string,
    charge: Charge,
    leaseUntil: number,
    maxRooms: number,
    clearedFence?: number,
  ): Promise<JoinResult>;
  /**
   * Charges a frame and removes a room from the connection's rooms. Returns whether it was there, and the ended fence.
   */
  leave(
    id: string,
    room: string,
    charge: Charge,
    leaseUntil: number,
  ): Promise<{ wasMember: boolean; fence: number } | Refusal>;
  /** Notes that the member row of a room that was left is removed: until then `close` and `revoke` give the room. */
  finishLeave(id: string, room: string): Promise<void>;
  /**
   * Charges a frame that is about no room, and renews the lease; gives the connection's rooms, without those that were
   * told that it had lapsed, and whether rooms were not told of its joins or leaves.
   */
  renewLease(
    id: string,
    charge: Charge,
    leaseUntil: number,
  ): Promise<{ rooms: RoomSet; hasUntold: boolean } | Refusal>;
  /** Notes that a room was not told of the connection's join or leave. */
  noteUntold(id: string, room: string): Promise<void>;
  /** Gives the rooms that were not told of the connection's joins or leaves. */
  listUntold(id: string): Promise<string[]>;
  /** Takes back that rooms were not told. */
  clearUntold(id: string, rooms: readonly string[]): Promise<void>;
  /** Takes a room from the connection's rooms and bars it from that room; `undefined` if it is closed. */
  removeFromRoom(id: string, room: string): Promise<RemovedFromRoom | undefined>;
  /**
   * Ends every permission of a connection. Its row and its rooms stay, so that the next steps can be repeated.
   * `undefined` if it is closed.
   */
  revoke(id: string): Promise<{ user: User; rooms: string[] } | undefined>;
  /** Makes an open connection look for a ban before it joins these rooms, or any room ({@link EVERYWHERE}). */
  requireBanCheck(id: string, rooms: readonly string[]): Promise<void>;
  /** Tells whether an open, unexpired connection is in a room. */
  isMember(id: string, room: string, now: number): Promise<boolean>;
  /** Notes that a room is told that a connection's lease is over; tells whether this was not noted yet. */
  markLapsed(id: string, room: string, now: number): Promise<boolean>;
  /** Gives those of some connections that have a row. */
  find(ids: readonly string[]): Promise<KnownConnection[]>;
}
