import type { ErrorCode, ErrorFrame, LogEntry, MessageEntry, User } from '../lib/protocol';
import type { Connection } from './connection/connection';
import { ChatError } from './errors';
import type { Clock, OutboxRecord, OutboxSession, Random } from './platform/platform';

/** What every room works with. */
export interface ClientContext {
  clock: Clock;
  random: Random;
  newId(): string;
  outbox: OutboxSession;
  keepMessages: number;
  /** Orders the sends of this client. */
  nextOrder(): number;
  /** A send has waited longer than the outbox keeps one. */
  isTooOld(record: OutboxRecord): boolean;
  /** The outbox may take one more. */
  hasSpace(): boolean;
  /** Why nothing can be done any more, if so. */
  closeError(): ChatError | undefined;
  user(): User | undefined;
  /** Every open link, the newest first. */
  connections(): readonly Connection[];
  report(error: unknown): void;
}

const PERMANENT: readonly ErrorCode[] = [
  'badFrame',
  'badField',
  'unknownAction',
  'tooLarge',
  'forbidden',
  'tooManyRooms',
];

/** The same frame would be refused again. A code of a later version is taken to be passing. */
export function isPermanent(failure: ErrorFrame): boolean {
  return PERMANENT.includes(failure.code);
}

/** What a caller is told who needs the room at once. */
export function notJoined(): ChatError {
  return new ChatError('notJoined', 'Not connected to the room: wait until it is joined.');
}

/** What a caller is told when a request has failed, or had no answer. */
export function toError(failure?: ErrorFrame): ChatError {
  if (!failure) return new ChatError('timeout', 'No answer came.');
  return new ChatError(failure.code, failure.message, failure);
}

/** How long to wait before the same frame is sent again, in milliseconds. */
export function retryDelay(failure: ErrorFrame): number {
  const asked = Number(failure.retryAfterMs ?? 1_000);
  return asked >= 0 ? Math.min(asked, 60_000) : 1_000;
}

export function isMessage(entry: LogEntry): entry is MessageEntry {
  return entry.type === 'message';
}
