/** The public types of a room. */

import type {
  Ability,
  ClientMessage,
  Deleter,
  LogEntry,
  MessageContent,
  MessageEntry,
  ServerMessage,
} from '../../lib/protocol';
import type { ChatError, ChatErrorCode } from './errors';

/** Ends a subscription. */
export type Unsubscribe = () => void;

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

/** A new message. `files` are ids of uploaded files: `edge-chat/files` uploads them. */
export interface NewMessage extends MessageContent {
  readonly files?: readonly string[] | undefined;
}

/** An own send that is not shown among the messages yet. */
export interface PendingSend {
  readonly id: string;
  readonly text: string;
  /** Ids of uploaded files. */
  readonly files?: readonly string[] | undefined;
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
  readonly error?: ChatError | undefined;
  /** In order, and complete except for `gaps`. */
  readonly messages: readonly MessageView[];
  readonly gaps: readonly Gap[];
  /** The last seq up to which the client has every entry; `undefined` before the room was first joined. */
  readonly cursor: number | undefined;
  /** The id of the server's log that `cursor` belongs to: a restored backup is another log. */
  readonly log: string | undefined;
  readonly pending: readonly PendingSend[];
  /** This user's edits and deletions that are not shown at their messages yet. */
  readonly pendingChanges: readonly PendingChange[];
  /** What this user may do in this room. Empty before the room was first joined. */
  readonly can: readonly Ability[];
  /** Whether `loadOlder` of `edge-chat/history` would bring messages. */
  readonly hasOlder: boolean;
  /** Whether older messages existed and have expired. */
  readonly olderExpired: boolean;
}

/** What the event `message` reports besides the message. */
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
  /** The snapshot has changed. */
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
  /** The server has another log, such as a restored backup: what was shown is dropped, and the newest page follows. */
  reset(): void;
  /** A frame about the room came from the server. `onFrame` of `edge-chat/requests` brings those of features, too. */
  frame(message: ServerMessage): void;
}

type WithoutRoomAndRef<T> = T extends unknown ? Omit<T, 'room' | 'ref'> : never;

/** A request about a room. */
export type RoomRequest = WithoutRoomAndRef<Extract<ClientMessage, { room: string }>>;

/** One room. Joining and sending survive lost connections by themselves. */
export interface Room {
  readonly name: string;
  readonly snapshot: RoomSnapshot;
  /** Enters the room and stays there; resolves once the server has confirmed it. */
  join(options?: JoinOptions): Promise<void>;
  /** Leaves the room. What was shown stays, and a later `join()` brings what was missed. */
  leave(): void;
  /**
   * Sends a message; resolves once it is in the log. The client tries until the server decides, through
   * lost connections too. If the room is not joined, the client joins it for that time.
   */
  send(content: string | NewMessage): Promise<Sent>;
  /**
   * Tries a `failed` send, edit or deletion again under the same id. Sends an `unknown` one as a new message, which may
   * be its second copy.
   */
  retry(id: string): Promise<Sent>;
  /** Forgets a send, edit or deletion that failed, is unknown or was not tried yet; tells whether it could. */
  discard(id: string): boolean;
  /** Calls back at each event of that name, until it is unsubscribed. */
  on<E extends keyof RoomEvents>(event: E, listener: RoomEvents[E]): Unsubscribe;
}
