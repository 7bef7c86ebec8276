import { ChatError, type ChatErrorCode } from '../errors';
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
  result: Promise<Sent>;
  resolve(sent: Sent): void;
  reject(error: ChatError): void;
}

/** Makes a send of a record, new or found in the outbox. */
export function makeSend(record: OutboxRecord, isKept: boolean): Send {
  let resolve: Send['resolve'] = () => {};
  let reject: Send['reject'] = () => {};
  const result = new Promise<Sent>((resolved, rejected) => {
    resolve = resolved;
    reject = rejected;
  });
  // The snapshot tells of a failure as well: an app that does not look at the promise must not crash for it.
  result.catch(() => {});
  const error = foundFailed(record);
  return { record, isKept, ...(error && { error }), result, resolve, reject };
}

function foundFailed({ state, code = 'forbidden' }: OutboxRecord): ChatError | undefined {
  if (state === 'pending') return undefined;
  if (state === 'unknown') return outcomeUnknown();
  return new ChatError(code as ChatErrorCode, 'The message was refused before the restart.');
}

export function outcomeUnknown(): ChatError {
  return new ChatError(
    'outcomeUnknown',
    'The message may or may not have been sent, and the history that would tell is gone: look, then send again or discard.',
  );
}

export function describe({ record, error }: Send): PendingSend {
  const { id, text, at, state } = record;
  return { id, text, at, state, ...(error && { error: { code: error.code, message: error.message } }) };
}

export function isPending({ record }: Send): boolean {
  return record.state === 'pending';
}

/** The send was tried, so it may be in the log. */
export function wasTried({ record }: Send): boolean {
  return record.after !== undefined;
}

/** The order in which the app made them. */
export function byAge(a: Send, b: Send): number {
  return a.record.at - b.record.at || a.record.order - b.record.order;
}
