import type { User } from '../protocol';
import type { Refusal } from '../protocol/errorReplies';
import type { RoomSet } from './connectionStore';
import type { Charge, Judge, Way } from './tokenBucketCharge';

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

/** What joins, leaves and pings change in a connection's row. */
export interface ConnectionRoomStore {
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
   * Charges a frame and removes a room from the connection's rooms, and a note of a join that the room was not told of.
   * Returns whether it was there, and the ended fence.
   */
  leave(
    id: string,
    room: string,
    charge: Charge,
    leaseUntil: number,
  ): Promise<{ wasMember: boolean; fence: number } | Refusal>;
  /**
   * Reads in which way a join would move the bucket, or why it would be refused. `isLeaving`: the connection is not in
   * the room, and its member row may be. `isBarred`: a ban must be looked for first, in this fence.
   */
  foreseeJoin(
    id: string,
    room: string,
    charge: Charge,
    maxRooms: number,
  ): Promise<{ way: Way; isMember: boolean; isLeaving: boolean; isBarred: boolean; fence: number } | Refusal>;
  /** Reads in which way a leave would move the bucket, or why it would be refused. */
  foreseeLeave(id: string, charge: Charge): Promise<{ way: Way } | Refusal>;
  /**
   * Removes a room from the connection's rooms, as `leave` does, and charges nothing. Returns the ended fence, or
   * `undefined` if the connection is closed.
   */
  beginLeave(id: string, room: string): Promise<{ fence: number } | undefined>;
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
    judge?: Judge,
  ): Promise<{ rooms: RoomSet; hasUntold: boolean } | Refusal>;
  /** Notes that a room was not told of the connection's join or leave. */
  noteUntold(id: string, room: string): Promise<void>;
  /** Gives the rooms that were not told of the connection's joins or leaves. */
  listUntold(id: string): Promise<string[]>;
  /** Takes back that rooms were not told. There must be one room at least. */
  clearUntold(id: string, rooms: readonly string[]): Promise<void>;
  /** Takes a room from the connection's rooms and bars it from that room; `undefined` if it is closed. */
  removeFromRoom(id: string, room: string): Promise<RemovedFromRoom | undefined>;
  /** Notes that a room is told that a connection's lease is over; tells whether this was not noted yet. */
  markLapsed(id: string, room: string, now: number): Promise<boolean>;
}
