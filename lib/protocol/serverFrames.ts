import type { Data, LogEntry, User } from './entries';
import type { DraftPart, RoomSettings } from './frames';
import type {
  BanPage,
  History,
  Joined,
  MemberPage,
  Mentions,
  QueuePage,
  ReactionList,
  ReadPosition,
  RoomPage,
  Unread,
} from './pages';

/** Why a frame was refused. Codes are stable; the sentence beside them may change. */
export type ErrorCode =
  | 'badFrame'
  | 'unknownAction'
  | 'badField'
  | 'tooLarge'
  | 'notMember'
  | 'behind'
  | 'forbidden'
  | 'rateLimited'
  | 'tooManyRooms'
  | 'gone'
  | 'tooOld'
  | 'tooMany'
  | 'conflict'
  | 'refused'
  | 'held'
  | 'muted'
  | 'readOnly'
  | 'expired'
  | 'tooManyConnections'
  | 'banned'
  | 'unavailable';

/** Acknowledges that the entry with this `id` is in the log at `seq`. */
export interface Ack {
  type: 'ack';
  room: string;
  /** Names the log that the seq belongs to (see {@link Joined}). */
  log?: string;
  id: string;
  seq: number;
  at: number;
  /** Present when the id was in the log before this frame arrived. */
  duplicate?: true;
  /**
   * The entry as it stands now, present when it tells more than the frame: it is an edit or a deletion, it has files, its
   * author has a role, the review has replaced its words, or a repeat brought another content, of which the first wins.
   */
  entry?: LogEntry;
}

/** Tells a user's other connections that the user follows a room, or does so no longer. */
export type RoomChange =
  | { type: 'roomAdded'; room: string; since: number; with?: string }
  | { type: 'roomRemoved'; room: string };

/** The reply to `openDirect`: the direct room with a user. */
export interface DirectRoom {
  type: 'direct';
  room: string;
  /** The id of the other user. */
  with: string;
}

/**
 * The reply to `read`, which the user's other connections get as well: where the mark is now, and how much is above
 * it, up to `head`.
 */
export interface ReadMarked {
  type: 'readMarked';
  room: string;
  read: ReadPosition;
  head: number;
  unread: Unread;
  /** Missing where there are none. */
  mentions?: Mentions;
}

/** Tells the members of a room its settings from now on. */
export interface RoomSet {
  type: 'roomSet';
  room: string;
  settings: RoomSettings;
  /** Missing if an operator did it. */
  by?: User;
}

/** Tells a user's own connections how long a mute in a room still lasts, in milliseconds; 0 ends it. */
export interface Muted {
  type: 'muted';
  room: string;
  ms: number;
}

/** The reply to `react`: the change is counted as the `k`-th, and an entry with this `k` or a higher one has it. */
export interface ReactReply {
  type: 'ok';
  action: 'react';
  room: string;
  of: number;
  name: string;
  k: number;
  /** Present if the server ignored this change, because this version is as high or higher: it holds. */
  v?: number;
}

/** The reply to a ping. */
export interface Pong {
  type: 'pong';
  log: string;
  /** Rooms whose head is above the cursor in the ping. */
  behind: Record<string, number>;
  /** Rooms in the ping that this connection is not in: join again. */
  notJoined: string[];
  /** Send a frame within this time, in milliseconds: else the user may count as gone, or the connection end. */
  pingWithinMs: number;
}

/** The reply to a frame that was not carried out. */
export interface ErrorFrame {
  type: 'error';
  code: ErrorCode;
  message: string;
  action?: string;
  room?: string;
  id?: string;
  retryAfterMs?: number;
  /** When a ban, a mute or the wait of slow mode ends, in milliseconds since the epoch. */
  until?: number;
  /** With `conflict` in the reply to `read`: the mark that holds. */
  read?: ReadPosition;
}

/** The one answer every client frame gets. */
export type Reply = { ref?: string } & (
  | Ack
  | Joined
  | History
  | Pong
  | ReactionList
  | Draft
  | BanPage
  | MemberPage
  | QueuePage
  | RoomPage
  | ReadMarked
  | DirectRoom
  | ErrorFrame
  | ReactReply
  | {
      type: 'ok';
      action:
        | 'leaveRoom'
        | 'typing'
        | 'signal'
        | 'draft'
        | 'kick'
        | 'unban'
        | 'mute'
        | 'setRoom'
        | 'report'
        | 'resolveReports'
        | 'decide'
        | 'addMember'
        | 'removeMember'
        | 'follow'
        | 'unfollow';
      room: string;
    }
);

/** The room of a pushed entry, and the name of the log that its seq belongs to (see {@link Joined}). */
export interface Place {
  room: string;
  log?: string;
}

/** Data that a user's app sends to the others in a room; no log keeps it. */
export interface Signal {
  type: 'signal';
  room: string;
  name: string;
  data?: Data;
  from: User;
}

/** A part of what `from` is writing, or the end of it. In the reply to `getDraft` it is the whole text so far. */
export interface Draft extends DraftPart {
  type: 'draft';
  room: string;
  from: User;
}

/** Pushes: frames about other users' actions. */
export type Push =
  | (LogEntry & Place)
  | { type: 'memberJoined' | 'memberLeft'; room: string; rooms?: string[]; member: User }
  | { type: 'typing'; room: string; from: User }
  | Signal
  | Draft
  | RoomSet
  | Muted
  | RoomChange
  | ReadMarked;

/** Every frame that the server sends. */
export type ServerMessage = Reply | Push;
