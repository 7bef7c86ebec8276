/** The public types of a chat. */

import type { ClientMessage, ServerMessage, User } from '../../lib/protocol';
import type { ChatError } from './errors';
import type { Outbox } from './outboxTypes';
import type { Clock, Network, OpenSocket, Random } from './platform';
import type { Room, Unsubscribe } from './roomTypes';

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
   * The client pings when a joined room brought no entry for so long, in milliseconds: 30 s by default, from 1 s to 9
   * minutes. If it is above the deployment's `presenceSeconds` (90), others may see this user as gone between pings.
   */
  pingEveryMs?: number;
  /** Messages kept in a room besides those that `loadOlder` brought: 1,000 by default. */
  keepMessages?: number;
  /** Sends kept until they are acknowledged: 200 by default. */
  outboxSize?: number;
  /** How long an unacknowledged send is kept, in milliseconds: 24 hours by default. */
  outboxAgeMs?: number;
  /**
   * Called with what the app's callbacks threw and what the platform could not do; writes to the console by default.
   */
  onError?(error: unknown): void;
  clock?: Clock;
  random?: Random;
  open?: OpenSocket;
  /** Returns a new unique id: 8 to 64 characters of A-Z, a-z, 0-9, "_" and "-". */
  newId?(): string;
  /**
   * Keeps unacknowledged messages. The default keeps them in memory, as long as the chat object.
   * `edge-chat/outbox/browser` and `edge-chat/outbox/file` keep them longer; `createOutbox` of `edge-chat/outbox`
   * makes an outbox of an app's own store.
   */
  outbox?: Outbox;
  network?: Network;
}

/** `disconnected` stays until `connect()`; `connecting` includes the wait for the next attempt. */
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
      readonly renewal?: ConnectingReason | undefined;
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
  /** The state has changed. */
  state(state: ChatState): void;
  /** The user of the token became known, or became another. Unsent messages stay in the outbox for their own user. */
  user(user: User): void;
  /** A frame came from the server. `onFrame` of `edge-chat/requests` brings those of features, too. */
  frame(message: ServerMessage): void;
}

/** A frame without the `ref` that its reply repeats. */
export type WithoutRef<T> = T extends unknown ? Omit<T, 'ref'> : never;

/** A request. */
export type ChatRequest = WithoutRef<ClientMessage>;

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
