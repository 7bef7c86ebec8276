import { ChatError, type ChatErrorCode } from '../errors';
import { type Later, later } from '../later';
import type { PendingSend, Sent } from '../types';
import type { OutboxRecord } from '../world';

/** One send from the moment the app made it until it is in the log or given up. */
export interface Send {
  record: OutboxRecord;
  /** The outbox has been given the record. */
  isKept: boolean;
  /** It was acknowledged, or met in the log. */
  isInLog?: true;
  error?: ChatError;
  result: Later<Sent>;
}

/** Makes a send of a record, new or found in the outbox. */
export function makeSend(record: OutboxRecord, isKept: boolean): Send {
  const error = foundFailed(record);
  return { record, isKept, ...(error && { error }), result: later() };
}

function foundFailed({ state, code = 'forbidden' }: OutboxRecord): ChatError | undefined {
  if (state === 'pending') return undefined;
  if (state === 'unknown') return outcomeUnknown();
  return new ChatError(code as ChatErrorCode, 'The message was refused before the restart.');
}

export function outcomeUnknown(): ChatError {
  return new ChatError(
    'outcomeUnknown',
    'The message may or may not have been sent, and nothing can tell any more: look, then send it again or discard it.',
  );
}

export function describe({ record: { id, text, at, state }, error }: Send): PendingSend {
  return { id, text, at, state, ...(error && { error }) };
}

export function isPending({ record }: Send): boolean {
  return record.state === 'pending';
}

/** The send was tried, so it may be in the log. */
export function wasTried({ record }: Send): boolean {
  return record.after !== undefined;
}
