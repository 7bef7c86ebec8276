import { ChatError, type ChatErrorCode } from '../common/errors';
import type { OutboxRecord } from '../common/outboxTypes';
import type { PendingSend, Sent } from '../common/roomTypes';
import { createDeferred, type Deferred } from '../util/deferred';

/** A message from the moment the app sends it until it is in the log or given up. */
export interface PendingMessage {
  record: OutboxRecord;
  /** An earlier client has left the message in the outbox. */
  isRestored: boolean;
  /** An attempt has had no reply, so the message may be in the log. */
  isInDoubt: boolean;
  /** Its seq in the log, once that is known. */
  seq?: number;
  error?: ChatError;
  outcome: Deferred<Sent>;
}

/** Creates a pending message from a record, new or restored from the outbox. */
export function createPendingMessage(record: OutboxRecord, isRestored = false): PendingMessage {
  const message: PendingMessage = {
    record,
    isRestored,
    isInDoubt: record.after !== undefined && record.state !== 'failed',
    outcome: createDeferred(),
  };
  if (record.state === 'unknown') message.error = outcomeUnknown();
  if (record.state === 'failed')
    message.error = new ChatError((record.code ?? 'forbidden') as ChatErrorCode, 'The message was refused.');
  return message;
}

/** The error of a message that the log may hold, although it could not be found. */
export function outcomeUnknown(): ChatError {
  return new ChatError('outcomeUnknown', 'Look in the room, then retry or discard it.');
}

/** The error of a message that was discarded, or that the queue does not have. */
export function discarded(): ChatError {
  return new ChatError('discarded', 'The message was discarded.');
}

/** Gives a message as the app sees it. */
export function describe({ record, seq, error }: PendingMessage): PendingSend {
  const { id, text, at, state, more, action, of } = record;
  return {
    id,
    text,
    ...more,
    at,
    state: seq === undefined ? state : 'sent',
    error,
    ...(action && { action, of }),
  };
}

/** Tells whether the client still sends the message. */
export function isPending({ record }: PendingMessage): boolean {
  return record.state === 'pending';
}
