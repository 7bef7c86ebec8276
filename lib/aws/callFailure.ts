/** How a call failed. After `unknown` AWS may or may not have carried the call out; a repeat may succeed. */
export type CallFailure =
  | { outcome: 'refused'; type: string; message: string }
  | { outcome: 'unknown'; reason: string };

/** Describes in a few words why a call failed. */
export function reasonOf(failure: CallFailure): string {
  return failure.outcome === 'unknown' ? failure.reason : `${failure.type}: ${failure.message}`;
}

/** Errors that pass although their status blames the request. */
const TRANSIENT_TYPES = new Set([
  // S3's: another change of the same object is under way.
  'OperationAborted',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionConflictException',
]);

/** Tells whether a call that AWS answered with this error may succeed when it is repeated. */
export function isTransient(status: number, type: string): boolean {
  return status >= 500 || status === 429 || TRANSIENT_TYPES.has(type);
}
