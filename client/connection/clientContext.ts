import type { User } from '../../lib/protocol';
import type { Chat } from '../common/chatTypes';
import type { ChatError } from '../common/errors';
import type { OutboxRecord, OutboxSession } from '../common/outboxTypes';
import type { Clock, Random } from '../common/platform';
import type { Connection } from './connection';
import type { Pacer } from './pacer';

/** What every room of a chat shares. */
export interface ClientContext {
  clock: Clock;
  random: Random;
  newId(): string;
  outbox: OutboxSession;
  /** Space out sends, and joins and reads: the server has a rate limit for each of the two. */
  sendPacer: Pacer;
  syncPacer: Pacer;
  keepMessages: number;
  /** Gives the next `order` of a record, above all that were used. */
  nextOrder(): number;
  /** Tells of an order that an earlier client has used. */
  noteOrder(order: number): void;
  /** The message has waited longer than the outbox keeps one. */
  isTooOld(record: OutboxRecord): boolean;
  /** The outbox has space for another message. */
  hasSpace(): boolean;
  /** Why the chat is closed, if it is. */
  closeError(): ChatError | undefined;
  user(): User | undefined;
  /** The open connections, newest first. */
  connections(): readonly Connection[];
  report(error: unknown): void;
}

/** The contexts of all chats, for features that are entry points of their own. */
export const clientContexts = new WeakMap<Chat, ClientContext>();
