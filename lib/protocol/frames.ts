import type { Content, Data, LogEntry, MessageContent, ReactionSummary, User } from './entries';

/** Messages a client may send. The tag is `action` because API Gateway routes on it. */
export type ClientMessage = { ref?: string } & (
  | ({
      action: 'sendMessage';
      room: string;
      id: string;
      after: number;
      files?: readonly string[];
    } & MessageContent)
  | ({ action: 'editMessage'; room: string; of: number; id: string; after: number } & Content)
  | { action: 'deleteMessage'; room: string; of: number; id: string; after: number }
  | { action: 'react'; room: string; of: number; name: string; on: boolean; v: number }
  | { action: 'getReactions'; room: string; of: number }
  | { action: 'joinRoom'; room: string; after?: number | undefined }
  | { action: 'leaveRoom'; room: string }
  | {
      action: 'getHistory';
      room: string;
      limit?: number;
      before?: number;
      after?: number;
      around?: number;
      at?: number;
    }
  | { action: 'typing'; room: string }
  | { action: 'signal'; room: string; name: string; data?: Data }
  | ({ action: 'draft'; room: string } & DraftPart)
  | { action: 'getDraft'; room: string; of: number; user: string }
  | { action: 'ping'; rooms: Record<string, number> }
  | { action: 'kick'; room: string; user: string; forMs?: number }
  | { action: 'unban'; room: string; user: string }
  | { action: 'getBans'; room: string; from?: string }
  | { action: 'getMembers'; room: string; from?: string }
  | { action: 'follow'; room: string }
  | { action: 'unfollow'; room: string }
  | { action: 'getRooms'; from?: string }
);

/**
 * A part of a text that is being written in answer to the message at `of`. `offset` is where it stands, in characters.
 * A higher generation replaces the text of a lower one. Without `text` the generation ends.
 */
export interface DraftPart {
  of: number;
  generation: number;
  offset: number;
  text?: string;
}

/** The name of what a client's frame asks for. */
export type Action = ClientMessage['action'];

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
  | 'expired'
  | 'tooManyConnections'
  | 'banned'
  | 'unavailable';

/** What a user may do in a room of this deployment. */
export type Ability = 'send' | 'edit' | 'delete' | 'react' | 'attach' | 'moderate';

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
   * The entry as it stands now, present when it tells more than the frame: it is an edit or a deletion, it has files,
   * the review has replaced its words, or a repeat brought another content, of which the first wins.
   */
  entry?: LogEntry;
}

/** A part of a room's log, oldest first. */
export interface Page {
  messages: LogEntry[];
  /** Entries remain beyond this page, in the direction that was asked for. */
  more: boolean;
  /** Entries next to the asked position have expired: there is a hole that cannot be filled. */
  truncated?: true;
  /** The asked position lies above the head: this is not the log the client knew. */
  reset?: true;
}

export interface Joined extends Page {
  type: 'joined';
  room: string;
  head: number;
  /** Names the log itself; another name means another log, whatever the numbers say. */
  log: string;
  /** Users present, as many as fit. `memberCount` counts them all, and the connections of a large room. */
  members: User[];
  memberCount: number;
  /** What this user may do in this room. */
  can: readonly Ability[];
}

export interface History extends Page {
  type: 'history';
  room: string;
  /** With `around` and `at`: entries remain below this page. `more` is then about those above. */
  older?: true;
}

/** Who reacted to a message: of each name at most 100 users, as many as fit into a frame. */
export interface ReactionList extends ReactionSummary {
  type: 'reactions';
  room: string;
  of: number;
  /** The names of the reader's own reactions. */
  mine: readonly string[];
}

/** A user in a room, as moderators see the user: `since` is when the first of the listed connections opened. */
export interface MemberDetails {
  user: User;
  devices: number;
  since: number;
}

/** Users in a room with their devices. `next` is the `from` of the next page; a user may be on several. */
export interface MemberPage {
  type: 'members';
  room: string;
  members: MemberDetails[];
  next?: string;
}

/** A user that is kept out of a room: `by` whom is missing where the operator did it. */
export interface RoomBan {
  user: User;
  until: number;
  /** When the ban was given. */
  at: number;
  by?: User;
}

/** Bans from a room. `next` is the `from` of the next page. */
export interface BanPage {
  type: 'bans';
  room: string;
  bans: RoomBan[];
  next?: string;
}

/** The beginning of the message that a room's newest entry is, or is about. */
export interface MessagePreview {
  seq: number;
  at: number;
  from: User;
  text: string;
}

/** A room that a user follows. `head` and `at` are those of its newest entry, missing where the user may not read. */
export interface FollowedRoom {
  room: string;
  /** Since when the user follows the room. */
  since: number;
  head?: number;
  at?: number;
  last?: MessagePreview;
}

/** Rooms that a user follows, by name. `next` is the `from` of the next page. */
export interface RoomPage {
  type: 'rooms';
  rooms: FollowedRoom[];
  next?: string;
}

/** Tells a user's other connections that the user follows a room, or does so no longer. */
export interface RoomChange {
  type: 'roomAdded' | 'roomRemoved';
  room: string;
}

/** The reply to `react`: the change is counted as the `k`-th, and an entry with this `k` or a higher one has it. */
export interface ReactReply {
  type: 'ok';
  action: 'react';
  room: string;
  of: number;
  name: string;
  k: number;
  /** Present when this version, which is no lower, holds instead. A repeat needs a higher one to be carried out. */
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
  /** When a ban ends, in milliseconds since the epoch. */
  until?: number;
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
  | RoomPage
  | ErrorFrame
  | ReactReply
  | {
      type: 'ok';
      action: 'leaveRoom' | 'typing' | 'signal' | 'draft' | 'kick' | 'unban' | 'follow' | 'unfollow';
      room: string;
    }
);

/** The room of a pushed entry, and the name of the log that its seq belongs to (see {@link Joined}). */
export interface Place {
  room: string;
  log?: string;
}

/** What a user's app told the others in a room, and no log keeps. */
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
  | RoomChange;

/** Every frame that the server sends. */
export type ServerMessage = Reply | Push;

/** Outcome of reading one frame from a client: a message, or the error to send back. */
export type ParsedClientFrame =
  | { ok: true; message: ClientMessage }
  | { ok: false; failure: ErrorFrame & { ref?: string } };

/** A message or a change from a back end. Without `after` the server keeps the head of the first attempt for it. */
export type Publication = { room: string; id: string; after?: number } & (
  | ({ action: 'sendMessage'; files?: readonly string[] } & MessageContent)
  | ({ action: 'editMessage'; of: number } & Content)
  | { action: 'deleteMessage'; of: number }
);

/** What a back end asks for, which has no socket. */
export type BackEndRequest = Publication | MessageOf<'react'> | MessageOf<'getReactions'>;

export type MessageOf<A extends ClientMessage['action']> = Extract<ClientMessage, { action: A }>;
