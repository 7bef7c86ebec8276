import type { FileInfo, LogEntry, MessageContent, ReactionSummary, User } from './entries';
import type { RoomSettings } from './frames';

/** What a user may do in a room of this deployment. */
export type Ability = 'send' | 'edit' | 'delete' | 'react' | 'attach' | 'moderate';

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
  /** Missing where no setting is on. */
  settings?: RoomSettings;
  /** How long this user's mute still lasts, in milliseconds. */
  mutedForMs?: number;
  /** How long this user has to wait for the next turn in slow mode, in milliseconds. */
  waitMs?: number;
}

export interface History extends Page {
  type: 'history';
  room: string;
  /** Which log the page is of, as in `joined`. */
  log?: string;
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

/** A user that is kept out of a room, or muted in it. `by` is missing if an operator did it. */
export interface RoomBan {
  user: User;
  until: number;
  /** When the ban was given. */
  at: number;
  /** The user reads on, and may not write. */
  mute?: true;
  by?: User;
}

/** Bans from a room and mutes in it. `next` is the `from` of the next page. */
export interface BanPage {
  type: 'bans';
  room: string;
  bans: RoomBan[];
  next?: string;
}

/**
 * A user's report of the message at `of`. `message` is the beginning of what it says now; it is missing once the message
 * is gone.
 */
export interface ReportedMessage {
  kind: 'report';
  of: number;
  /** The user who reported it. */
  user: User;
  reason?: string;
  at: number;
  message?: MessagePreview;
}

/** A message that the review left to the moderators at `at`. `held` is its key, which `decide` names. */
export interface HeldItem {
  kind: 'held';
  held: string;
  at: number;
  /** The whole message. */
  message: MessageContent & { from: User; files?: readonly FileInfo[] };
}

/**
 * What waits for a room's moderators: held messages, oldest first, then reports in the order of their messages. `next` is
 * the `from` of the next page.
 */
export interface QueuePage {
  type: 'queue';
  room: string;
  items: (HeldItem | ReportedMessage)[];
  next?: string;
}

/** The beginning of a message. */
export interface MessagePreview {
  seq: number;
  at: number;
  from: User;
  text: string;
}

/** How far a user has read a room. `version` tells how often the user marked the room unread. */
export interface ReadPosition {
  seq: number;
  version: number;
}

/** More unread messages are not counted. */
export const MOST_UNREAD = 99;

/** How many messages are unread, as far as they are counted. */
export type Unread = number | `${typeof MOST_UNREAD}+`;

/** More messages that mention a user are not counted. */
export const MOST_MENTIONS = 9;

/** How many messages mention a user, as far as they are counted. */
export type Mentions = number | `${typeof MOST_MENTIONS}+`;

/** A room that a user follows. `head` and `at` are those of its newest entry, missing where the user may not read. */
export interface FollowedRoom {
  room: string;
  /** Since when the user follows the room. */
  since: number;
  /** In a direct room, the id of the other user. */
  with?: string;
  /** The room's title; missing where it has none, or the user may not read. */
  title?: string;
  head?: number;
  at?: number;
  last?: MessagePreview;
  /** The user's mark; missing before the first one. */
  read?: ReadPosition;
  /** The messages above the mark; missing where the user may not read. */
  unread?: Unread;
  /** The messages that mention the user above the mark; missing where there are none. */
  mentions?: Mentions;
}

/** Rooms that a user follows, by name. `next` is the `from` of the next page. */
export interface RoomPage {
  type: 'rooms';
  rooms: FollowedRoom[];
  next?: string;
}
