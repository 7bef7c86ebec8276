import type { Level } from '../protocol/parsePush';
import type { ReadMark } from './followStore';

/** What a user has set for a room. Without a level the room's own default holds. */
export interface NotificationSettings {
  level?: Level;
  /** No notification comes before this time, in milliseconds since the epoch. */
  mutedUntil?: number;
}

/** What decides whether a user who follows a room is notified. */
export interface NotificationState extends NotificationSettings {
  /** In a direct room, the id of the other user. */
  with?: string;
  /** How far the user has read. */
  mark?: ReadMark;
  /** Up to which seq the user was notified. */
  notified: number;
  /** When the next notification may be sent, in milliseconds since the epoch. */
  nextAt: number;
}

/** A run that is about to notify a user of the message at `seq`. */
export interface NotificationClaim {
  run: string;
  seq: number;
  now: number;
  /** No other run can claim before this time. */
  nextAt: number;
}

/**
 * What notifications keep beside the rooms that users follow. A user is named by the hash of the id, and every read is
 * strongly consistent.
 */
export interface NotificationStore {
  /** Reads the state of a room; `undefined` where the user does not follow it. */
  read(userHash: string, room: string, now: number): Promise<NotificationState | undefined>;
  /** Replaces what a user has set for a room; tells whether the user follows it. */
  set(userHash: string, room: string, settings: NotificationSettings, now: number): Promise<boolean>;
  /** Lets one run notify, unless the user has read the message, was notified of it, or `nextAt` has not come. */
  claim(userHash: string, room: string, claim: NotificationClaim): Promise<boolean>;
  /** Notes that the user was notified up to a seq, if no other run has claimed since. */
  confirm(userHash: string, room: string, run: string, seq: number): Promise<void>;
}
