/** How a call failed. `unknown`: a failure that may pass, after which nobody can tell whether AWS carried it out. */
export type CallFailure =
  | { outcome: 'refused'; type: string; message: string }
  | { outcome: 'unknown'; why: string };

/** Says in a few words why a call failed. */
export function reasonOf(failure: CallFailure): string {
  return failure.outcome === 'unknown' ? failure.why : `${failure.type}: ${failure.message}`;
}

/** Errors that pass although their status blames the request. */
const TRANSIENT_TYPES = new Set([
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
