/**
 * The wire protocol `chat.v1`: every frame, its limits and its errors. PROTOCOL.md says the same in prose.
 * Server, client, page, terminal and tests import this module and nothing else of each other.
 */

/** The WebSocket subprotocol a client must offer, and the only one the server ever echoes. */
export const SUBPROTOCOL = 'chat.v1';

/**
 * The subprotocol of a connection that the server refuses, for clients that offer it: every frame on it is answered by
 * the error that tells why.
 */
export const REFUSED_SUBPROTOCOL = 'chat.v1.refused';

/** Prefix of the subprotocol that carries the token: `bearer.<jwt>`. It is never echoed. */
export const BEARER_PREFIX = 'bearer.';

/** Prefix of the subprotocol that names what a connection replaces: `session.<id>`. It is never echoed. */
export const SESSION_PREFIX = 'session.';

/** A user, as frames carry it. Always taken from the token, never from a frame. */
export interface User {
  id: string;
  name: string;
}

/** A JSON value of an app's own. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A JSON object of an app's own, within the limits in {@link LIMITS}. */
export type Data = { readonly [key: string]: Json };

/** What a message says, and what an edit replaces. `mentions` are ids of users. */
export interface Content {
  text: string;
  data?: Data | undefined;
  mentions?: readonly string[] | undefined;
}

/** What a new message holds. `kind` names its form, and `replyTo` is the seq of the message that it answers. */
export interface MessageContent extends Content {
  kind?: string;
  replyTo?: number;
}

/** Messages a client may send. The tag is `action` because API Gateway routes on it. */
export type ClientMessage = { ref?: string } & (
  | ({ action: 'sendMessage'; room: string; id: string; after: number } & MessageContent)
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
  | { action: 'ping'; rooms: Record<string, number> }
  | { action: 'kick'; room: string; user: string; forMs?: number }
  | { action: 'unban'; room: string; user: string }
);

/** The name of what a client's frame asks for. */
export type Action = ClientMessage['action'];

/**
 * A message, as it stands now. `at` is the server's clock in milliseconds; `seq` alone gives the order. `rev` is the
 * seq of the edit whose words it holds, and `editedAt` the time of that edit.
 */
export interface MessageEntry extends MessageContent {
  type: 'message';
  seq: number;
  id: string;
  from: User;
  at: number;
  rev?: number;
  editedAt?: number;
  reactions?: Reactions;
}

/** What stands in the place of a message that was deleted: `deleted` is the seq of the {@link DeletedEntry}. */
export interface TombstoneEntry {
  type: 'tombstone';
  seq: number;
  id: string;
  from: User;
  at: number;
  deleted: number;
  by: Deleter;
}

/** Whose right deleted a message. */
export type Deleter = 'author' | 'moderator';

/**
 * The message at `of` was edited. The words are those that the message has when this entry is served: those of the edit
 * at `rev`, which is this one or a later one. Without words the message is gone. `from` is missing once it was erased.
 */
export interface EditedEntry extends Partial<Content> {
  type: 'edited';
  seq: number;
  id: string;
  of: number;
  from?: User;
  at: number;
  rev?: number;
}

/** The message at `of` was deleted. `from` is missing once it was erased. */
export interface DeletedEntry {
  type: 'deleted';
  seq: number;
  id: string;
  of: number;
  from?: User;
  at: number;
  by: Deleter;
}

/** Who reacted to a message: users by the name of the reaction, of each at most five, and how many they are. */
export interface ReactionSummary {
  /** Counts the changes of the message's reactions. Of two summaries the one with the higher (k, seq) holds. */
  k: number;
  counts: Readonly<Record<string, number>>;
  users: Readonly<Record<string, readonly User[]>>;
}

/** The reactions of a page's copy of a message. `mine` are the names of the reader's own. */
export interface Reactions extends ReactionSummary {
  seq: number;
  mine?: readonly string[];
}

/** The reactions to the message at `of` have changed: this is how they stood. */
export interface ReactedEntry extends ReactionSummary {
  type: 'reacted';
  seq: number;
  of: number;
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
export type LogEntry =
  | MessageEntry
  | TombstoneEntry
  | EditedEntry
  | DeletedEntry
  | ReactedEntry
  | SystemEntry
  | ErasedEntry
  | UnknownEntry;

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
  | 'expired'
  | 'tooManyConnections'
  | 'banned'
  | 'unavailable';

/** What a user may do in a room of this deployment. */
export type Ability = 'send' | 'edit' | 'delete' | 'react' | 'moderate';

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
  /** The entry as it stands now, present when a repeat brought another content: the first wins. */
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
  | ErrorFrame
  | { type: 'ok'; action: 'react'; room: string; of: number; name: string; k: number }
  | { type: 'ok'; action: 'leaveRoom' | 'typing' | 'kick' | 'unban'; room: string }
);

/** The room of a pushed entry, and the name of the log that its seq belongs to (see {@link Joined}). */
export interface Place {
  room: string;
  log?: string;
}

/** Pushes: frames about other users' actions. */
export type Push =
  | (LogEntry & Place)
  | { type: 'memberJoined' | 'memberLeft'; room: string; rooms?: string[]; member: User }
  | { type: 'typing'; room: string; from: User };

/** Every frame that the server sends. */
export type ServerMessage = Reply | Push;

/** Outcome of reading one frame from a client: a message, or the error to send back. */
export type ParsedClientFrame =
  | { ok: true; message: ClientMessage }
  | { ok: false; failure: ErrorFrame & { ref?: string } };

/** A message or a change from a back end, which has no socket. Without `after` the server keeps the first try's head for it. */
export type Publication = { room: string; id: string; after?: number } & (
  | ({ action: 'sendMessage' } & MessageContent)
  | ({ action: 'editMessage'; of: number } & Content)
  | { action: 'deleteMessage'; of: number }
);

export type MessageOf<A extends ClientMessage['action']> = Extract<ClientMessage, { action: A }>;
