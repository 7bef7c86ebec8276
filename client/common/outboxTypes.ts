import type { MessageContent } from '../../lib/protocol';

/** An unsent message, edit or deletion, as an outbox stores it. `after` and `log` are set just before the first attempt. */
export interface OutboxRecord {
  id: string;
  room: string;
  /** The text of a message or an edit; empty for a deletion. */
  text: string;
  /** The rest of the content. */
  more?: Omit<MessageContent, 'text'> | undefined;
  /** What is sent; a message by default. */
  action?: 'editMessage' | 'deleteMessage' | undefined;
  /** The message that is changed: its seq, or the id of a send that is not acknowledged. */
  of?: number | string | undefined;
  /** The user id of the author; absent while the client has had no token yet. */
  user?: string | undefined;
  /** When the app sent it, in milliseconds since the epoch. */
  at: number;
  /** Position among the sends of one client: it grows with each send, even if the device's clock is set back. */
  order: number;
  /** The cursor of the room at the first attempt, and the log it belongs to. */
  after?: number | undefined;
  log?: string | undefined;
  state: 'pending' | 'failed' | 'unknown';
  /** Why it failed. */
  code?: string | undefined;
}

/**
 * Keeps messages until the server acknowledges them, so that they outlive the page. Several clients may share an
 * outbox. Each record belongs to one client at a time, and to none after that client is closed or gone.
 */
export interface OutboxStore {
  /** Opens an empty share for one client. When this rejects, the client keeps its messages in memory. */
  open(): Promise<OutboxShare>;
}

/** An outbox that chats can use. `createOutbox` of `edge-chat/outbox` makes one from an {@link OutboxStore}. */
export interface Outbox extends OutboxStore {
  /**
   * Starts a chat's use of the outbox.
   * @internal
   */
  connect(options: OutboxSessionOptions): OutboxSession;
}

/** The records of one client. No other client may change them until it is closed or gone. */
export interface OutboxShare {
  /** Takes over the records that belong to no client and that `accepts` returns true for, in the order of `order`. */
  adopt(accepts: (record: OutboxRecord) => boolean): Promise<OutboxRecord[]>;
  /** Writes a record; `lost` when another client has taken it over, which then sends it. */
  put(record: OutboxRecord): Promise<'kept' | 'lost'>;
  /** Deletes an acknowledged or discarded record. An unknown id, or one of another client, changes nothing. */
  remove(id: string): Promise<void>;
  /** Releases all records for other clients to adopt. */
  close(): Promise<void>;
}

/** What an outbox session asks and reports. */
export interface OutboxSessionOptions {
  /** Takes back a record of this user that an earlier client has left. */
  restore(record: OutboxRecord): void;
  /** In milliseconds since the epoch. */
  now(): number;
  /** A record is kept for its user at least this long, in milliseconds. */
  keepMs: number;
  /** The store has failed. Messages stay in memory. */
  report(error: unknown): void;
  /** The outbox is ready. */
  onReady(): void;
}

/** A chat's use of its outbox: between `open` and `close` it holds a share. */
export interface OutboxSession {
  /** The user's earlier messages have been restored and new ones can be written. No message is sent before. */
  isReady(): boolean;
  /** Restores what was stored, and then calls `onReady`. */
  open(): void;
  /** Takes over what closed clients of this user have left. */
  adopt(user: string): void;
  /** Writes a record, once the outbox is open. */
  put(record: OutboxRecord, done: (outcome: 'kept' | 'lost' | 'failed') => void): void;
  /** Deletes an acknowledged or discarded record. */
  remove(id: string): void;
  /** Leaves what is stored to other clients of the user. */
  close(): void;
}
