/**
 * The wire protocol `chat.v1`: every frame, its limits and its errors. PROTOCOL.md says the same in prose.
 * Server, client, page, terminal and tests import this module and nothing else of each other.
 */

/** The WebSocket subprotocol a client must offer, and the only one the server ever echoes. */
export const SUBPROTOCOL = 'chat.v1';

/** Prefix of the subprotocol that carries the token: `bearer.<jwt>`. It is never echoed. */
export const BEARER_PREFIX = 'bearer.';

/** A user, as frames carry it. Always taken from the token, never from a frame. */
export interface User {
  id: string;
  name: string;
}

/** Messages a client may send. The tag is `action` because API Gateway routes on it. */
export type ClientMessage = { ref?: string } & (
  | { action: 'sendMessage'; room: string; id: string; text: string; after: number }
  | { action: 'joinRoom'; room: string; after?: number | undefined }
  | { action: 'leaveRoom'; room: string }
  | { action: 'getHistory'; room: string; before?: number; after?: number; limit?: number }
  | { action: 'typing'; room: string }
  | { action: 'ping'; rooms: Record<string, number> }
  | { action: 'kick'; room: string; user: string; forMs?: number }
  | { action: 'unban'; room: string; user: string }
);

/** The name of what a client's frame asks for. */
export type Action = ClientMessage['action'];

/** An entry of a room's log. `at` is the server's clock in milliseconds; `seq` alone gives the order. */
export interface MessageEntry {
  type: 'message';
  seq: number;
  id: string;
  text: string;
  from: User;
  at: number;
}

/** An entry of a type this version does not know: its `seq` still counts. */
export interface UnknownEntry {
  type: 'unknown';
  seq: number;
}

/** A message that was erased. Its `seq` still counts, and its author knows it by its `id`. */
export interface ErasedEntry {
  type: 'erased';
  seq: number;
  id: string;
}

/** Something that happened to a user: `by` whom is missing where the operator did it. */
export interface SystemEntry {
  type: 'system';
  seq: number;
  what: 'kicked';
  user: User;
  by?: User;
  at: number;
}

/** One element of a room's log. */
export type LogEntry = MessageEntry | SystemEntry | ErasedEntry | UnknownEntry;

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
  | 'expired'
  | 'unavailable';

/** Acknowledges that the message with this `id` is in the log at `seq`. */
export interface Ack {
  type: 'ack';
  room: string;
  id: string;
  seq: number;
  at: number;
  /** Present when the id was in the log before this frame arrived. */
  duplicate?: true;
  /** The stored text, present when a repeat brought another one: the first wins. */
  text?: string;
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
}

export interface History extends Page {
  type: 'history';
  room: string;
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
}

/** The one answer every client frame gets. */
export type Reply = { ref?: string } & (
  | Ack
  | Joined
  | History
  | Pong
  | ErrorFrame
  | { type: 'ok'; action: 'leaveRoom' | 'typing' | 'kick' | 'unban'; room: string }
);

/** The room of a pushed entry, and the name of the log that its seq belongs to (see {@link Joined}). */
export interface Place {
  room: string;
  log?: string;
}

/** Pushes: frames about other users' actions. */
export type Push =
  | (MessageEntry & Place)
  | (ErasedEntry & Place)
  | (SystemEntry & Place)
  | (UnknownEntry & Place)
  | { type: 'memberJoined'; room: string; member: User }
  | { type: 'memberLeft'; room: string; member: User }
  | { type: 'typing'; room: string; from: User };

/** Every frame that the server sends. */
export type ServerMessage = Reply | Push;

/** Outcome of reading one frame from a client: a message, or the error to send back. */
export type ParsedClientFrame =
  | { ok: true; message: ClientMessage }
  | { ok: false; failure: ErrorFrame & { ref?: string } };

/** A message from a back end, which has no socket. Without `after` the server keeps the first try's head for it. */
export interface Publication {
  room: string;
  id: string;
  text: string;
  after?: number;
}

export type MessageOf<A extends ClientMessage['action']> = Extract<ClientMessage, { action: A }>;
