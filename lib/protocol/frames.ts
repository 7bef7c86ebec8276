import type { Content, Data, MessageContent } from './entries';

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
  | { action: 'mute'; room: string; user: string; forMs: number }
  | ({ action: 'setRoom'; room: string } & RoomSettings)
  | { action: 'getBans'; room: string; from?: string }
  | { action: 'getMembers'; room: string; from?: string }
  | { action: 'report'; room: string; of: number; reason?: string }
  | { action: 'getQueue'; room: string; from?: string }
  | { action: 'resolveReports'; room: string; of: number }
  | { action: 'decide'; room: string; held: string; verdict: 'allow' | 'deny'; reason?: string }
  | { action: 'addMember'; room: string; user: string }
  | { action: 'removeMember'; room: string; user: string }
  | { action: 'openDirect'; user: string }
  | { action: 'follow'; room: string }
  | { action: 'unfollow'; room: string }
  | { action: 'getRooms'; from?: string }
  | { action: 'read'; room: string; seq: number; version: number; unread?: boolean }
);

/** The settings of a room. A setting that is missing is off; a change turns it off by `''`, 0 or `false`. */
export interface RoomSettings {
  title?: string;
  /** Seconds between two messages of one user. */
  slow?: number;
  /** Only moderators may write. */
  readOnly?: boolean;
  /** Only its members may be in it. */
  private?: boolean;
}

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

/** A message or a change from a back end. Without `after` the server keeps the head of the first attempt for it. */
export type Publication = { room: string; id: string; after?: number } & (
  | ({ action: 'sendMessage'; files?: readonly string[] } & MessageContent)
  | ({ action: 'editMessage'; of: number } & Content)
  | { action: 'deleteMessage'; of: number }
);

/** What a back end asks for, which has no socket. */
export type BackEndRequest = Publication | MessageOf<'react'> | MessageOf<'getReactions'>;

/** The message of an action. */
export type MessageOf<A extends ClientMessage['action']> = Extract<ClientMessage, { action: A }>;
