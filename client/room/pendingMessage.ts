import { ChatError, type ChatErrorCode } from '../errors';
import type { OutboxRecord } from '../platform/platform';
import type { PendingSend, Sent } from '../types';
import { createDeferred, type Deferred } from '../util/deferred';

/** One send from the moment the app made it until it is in the log or given up. */
export interface PendingMessage {
  record: OutboxRecord;
  /** Where it is in the log, once that is known. */
  seq?: number;
  error?: ChatError;
  outcome: Deferred<Sent>;
}

/** Makes a send of a record, new or found in the outbox. */
export function createPendingMessage(record: OutboxRecord): PendingMessage {
  const send: PendingMessage = { record, outcome: createDeferred() };
  if (record.state === 'unknown') send.error = outcomeUnknown();
  if (record.state === 'failed')
    send.error = new ChatError((record.code ?? 'forbidden') as ChatErrorCode, 'Refused before the restart.');
  return send;
}

export function outcomeUnknown(): ChatError {
  return new ChatError('outcomeUnknown', 'It may be in the room: look, then retry or discard it.');
}

export function describe({ record: { id, text, at, state }, seq, error }: PendingMessage): PendingSend {
  return { id, text, at, state: seq === undefined ? state : 'sent', error };
}

export function isPending({ record }: PendingMessage): boolean {
  return record.state === 'pending';
}

/** The send was tried, so it may be in the log. */
export function wasAttempted({ record }: PendingMessage): boolean {
  return record.after !== undefined;
}
