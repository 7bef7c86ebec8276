/** The public types of the client. */

import type {
  Ability,
  ClientMessage,
  Content,
  Deleter,
  LogEntry,
  MessageContent,
  MessageEntry,
  Reply,
  ServerMessage,
  User,
} from '../../lib/protocol';
import type { ChatError, ChatErrorCode } from './errors';
import type { Outbox } from './outboxTypes';
import type { Clock, Network, OpenSocket, Random } from './platform';

/** Ends a subscription. */
export type Unsubscribe = () => void;

/** Why the client needs a token. */
export interface TokenRequest {
  /** `refused`: the last handshake failed, so the token may be the reason. */
  reason: 'first' | 'refused' | 'expiring' | 'expired';
  /** The token in use so far: with it a guest keeps the user id. */
  previous: string | undefined;
}

/** The options of a chat. Only `url` and `token` have no default in a browser or in Node 22 or later. */
export interface ChatOptions {
  /** Such as `wss://d111111abcdef8.cloudfront.net/ws`. */
  url: string;
  /**
   * Gives a token. A failure is tried again with growing waits; a {@link ChatError} marked `final` closes the
   * chat for good.
   */
  token(request: TokenRequest): string | Promise<string>;
  /**
   * How often a quiet connection is checked, in milliseconds: 30 s by default, from 1 s to 9 minutes. Above a third of
   * the deployment's `presenceSeconds` (90) its user is taken for gone between pings.
   */
  pingEveryMs?: number;
  /** Messages kept in a room besides those that `loadOlder` brought: 1,000 by default. */
  keepMessages?: number;
  /** Sends kept until they are acknowledged: 200 by default. */
  outboxSize?: number;
  /** How long an unacknowledged send is kept, in milliseconds: 24 hours by default. */
  outboxAgeMs?: number;
  /** Told of what the app's callbacks threw and of what the ports could not do; by default the console is. */
  onError?(error: unknown): void;
  clock?: Clock;
  random?: Random;
  open?: OpenSocket;
  /** Returns a new unique id: 8 to 64 characters of A-Z, a-z, 0-9, "_" and "-". */
  newId?(): string;
  /**
   * Keeps unacknowledged messages. The default keeps them in memory, as long as the chat object.
   * `edge-chat/outbox/browser` and `edge-chat/outbox/file` keep them longer; an app may pass its own {@link Outbox}.
   */
  outbox?: Outbox;
  network?: Network;
}

/** `disconnected` is not left without `connect()`; `connecting` covers waiting for the next attempt. */
export type ChatState =
  | {
      readonly kind: 'connecting';
      readonly reason?: ConnectingReason | undefined;
      readonly retryAt?: number | undefined;
      /** With the reason `banned`: when the ban ends, by the server's clock in milliseconds since the epoch. */
      readonly until?: number | undefined;
    }
  | {
      readonly kind: 'connected';
      /** Why the last attempt to replace the connection failed, if it did. The connection ends unless one succeeds. */
      readonly renewal?: ConnectingReason;
    }
  | { readonly kind: 'disconnected'; readonly reason: 'notStarted' | 'closed' }
  | { readonly kind: 'disconnected'; readonly reason: 'unauthorized'; readonly error: ChatError };

/** Why the last connection or attempt ended. */
export type ConnectingReason =
  | 'closed'
  | 'refused'
  /** The user has as many connections as are allowed, in other tabs or programs. */
  | 'tooManyConnections'
  | 'banned'
  | 'noAnswer'
  | 'noToken'
  | 'expired';

/** What a chat reports, by the names of its events. */
export interface ChatEvents {
  /** The state is another one. */
  state(state: ChatState): void;
  /** The user of the token became known, or became another. */
  user(user: User): void;
}

/** A user's connection to a deployment, with all its rooms. */
export interface Chat {
  readonly state: ChatState;
  /** The token's user, for display only: the server decides. `undefined` before the first token. */
  readonly user: User | undefined;
  /** Starts; a chat that was closed starts again. */
  connect(): void;
  /**
   * Closes the connection and leaves every room; promises reject with `closed`, and the outbox keeps what was not
   * acknowledged. The token is kept, too: another person needs another chat.
   */
  close(): void;
  /** Gives the room of that name, always the same object. @throws ChatError `badField` for a bad name. */
  room(name: string): Room;
  /** Calls back at each event of that name, until it is unsubscribed. */
  on<E extends keyof ChatEvents>(event: E, listener: ChatEvents[E]): Unsubscribe;
}

/** A send that is in the room's log. */
export interface Sent {
  readonly id: string;
  readonly seq: number;
  /** The server's clock, in milliseconds. */
  readonly at: number;
}

/** A message of a room as it stands now, with its edits, its deletion and its reactions. */
export interface MessageView extends MessageEntry {
  /**
   * The message is gone, and its text is empty: `seq` and `by` are those of the first deletion, or missing where the
   * server no longer has the message for another reason.
   */
  readonly deleted?: { readonly seq: number | undefined; readonly by: Deleter | undefined };
}

/** An own edit or deletion that is not shown at its message yet. */
export interface PendingChange extends PendingSend {
  readonly action: 'editMessage' | 'deleteMessage';
  /** The seq of the message; or the id of a send that is not acknowledged. */
  readonly of: number | string;
}

/** An own send that is not shown among the messages yet. */
export interface PendingSend {
  readonly id: string;
  readonly text: string;
  /** This client's clock, in milliseconds. */
  readonly at: number;
  /**
   * `pending`: not acknowledged. `sent`: acknowledged, and shown as soon as the messages before it have come.
   * `failed`: refused, see `error`. `unknown`: it may or may not be in the log, and this cannot be known any more. The
   * user has to decide between `retry` and `discard`.
   */
  readonly state: 'pending' | 'sent' | 'failed' | 'unknown';
  readonly error?: { readonly code: ChatErrorCode; readonly message: string } | undefined;
}

/** Seqs that have expired before this client could read them. They lie below the first message. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/** Everything to show of a room. Immutable; another object after each change. */
export interface RoomSnapshot {
  readonly name: string;
  /** `join()` leads to `joining`, then to `joined`. A lost connection leads back to `joining`. */
  readonly state: 'left' | 'joining' | 'joined';
  /** Why the server refused the room. */
  readonly error?: ChatError;
  /** In order, without a hole but for `gaps`. */
  readonly messages: readonly MessageView[];
  readonly gaps: readonly Gap[];
  /** The last seq held without a hole; `undefined` before the room was first joined. */
  readonly cursor: number | undefined;
  /** The id of the server's log that `cursor` belongs to: a restored backup is another log. */
  readonly log: string | undefined;
  readonly pending: readonly PendingSend[];
  /** Own edits and deletions, for which the same holds. */
  readonly pendingChanges: readonly PendingChange[];
  /** What this user may do in this room. Empty before the room was first joined. */
  readonly can: readonly Ability[];
  /** `loadOlder()` would bring something. */
  readonly hasOlder: boolean;
  /** Older messages existed and have expired. */
  readonly olderExpired: boolean;
}

/** What the event `message` tells besides the message. */
export interface MessageDetails {
  /**
   * The message was sent after this chat object first joined the room. A message that a lost connection delayed is
   * live; an older one is not. A bot answers live messages only.
   */
  readonly live: boolean;
}

/** Where to start reading a room. */
export interface JoinOptions {
  /**
   * The `cursor` of an earlier run: the room starts with the next message instead of its newest page. It counts at
   * the first join of this chat object only.
   */
  after?: number | undefined;
  /** The `log` of that cursor. In another log the room starts with its newest page, and tells `reset`. */
  log?: string | undefined;
}

/** What a room reports, by the names of its events. */
export interface RoomEvents {
  /** The snapshot is another one. */
  change(): void;
  /** A message was added at the end. Each message of the room comes once, in order, own messages included. */
  message(message: MessageEntry, details: MessageDetails): void;
  /** An entry of any type was added at the end, a message or a change of one. Each comes once, in order. */
  entry(entry: LogEntry, details: MessageDetails): void;
  /**
   * These seqs have expired before this client could read them; the next message follows them. What was shown below
   * them is dropped, as its changes cannot be known.
   */
  gap(gap: Gap): void;
  /** The log is another one (a restored backup): what was shown is dropped, its newest page follows. */
  reset(): void;
  /** A frame about the room came from the server, after a request or as a push. */
  frame(message: ServerMessage): void;
}

type WithoutRoomAndRef<T> = T extends unknown ? Omit<T, 'room' | 'ref'> : never;

/** What can be asked about a room. */
export type RoomRequest = WithoutRoomAndRef<Extract<ClientMessage, { room: string }>>;

/** One room. Joining and sending survive lost connections by themselves. */
export interface Room {
  readonly name: string;
  readonly snapshot: RoomSnapshot;
  /** Enters the room and stays there; resolves once the server has said so. */
  join(options?: JoinOptions): Promise<void>;
  /** Leaves the room. What was shown stays, and a later `join()` brings what was missed. */
  leave(): void;
  /**
   * Sends a message; resolves once it is in the log. It is tried until the server decides, through lost
   * connections too. A room that is not joined is entered for as long as that takes.
   */
  send(content: string | MessageContent): Promise<Sent>;
  /**
   * Edits an own message: its seq, or the id of a send that is not acknowledged, which the edit then follows. It is tried
   * as a send is. Resolves once the edit is in the log; rejects with `gone`, `tooOld`, `tooMany` or `forbidden`.
   */
  edit(of: number | string, content: string | Content): Promise<Sent>;
  /** Deletes a message, as `edit` edits one. It needs the right to moderate unless the message is this user's own. */
  delete(of: number | string): Promise<Sent>;
  /**
   * Tries a `failed` send, edit or deletion again under the same id. An `unknown` one is sent as a new message, which may be its
   * second copy.
   */
  retry(id: string): Promise<Sent>;
  /** Forgets a send, edit or deletion that failed, is unknown or was not tried yet; tells whether it could. */
  discard(id: string): boolean;
  /** Adds the page of messages before the first one; tells whether there are still older ones. */
  loadOlder(): Promise<boolean>;
  /**
   * Asks the server once, on the present connection. With the event `frame`, an app builds its own features on this,
   * as `edge-chat/presence` and `edge-chat/moderation` do.
   */
  request(request: RoomRequest): Promise<Reply>;
  /** Calls back at each event of that name, until it is unsubscribed. */
  on<E extends keyof RoomEvents>(event: E, listener: RoomEvents[E]): Unsubscribe;
}
