import type { ErrorCode, ErrorFrame } from '../../lib/protocol';
import { ChatError } from '../common/errors';

const PERMANENT: readonly ErrorCode[] = [
  'badFrame',
  'badField',
  'unknownAction',
  'tooLarge',
  'forbidden',
  'tooManyRooms',
  'gone',
  'tooOld',
  'tooMany',
];

const MAX_RETRY_DELAY_MS = 60_000;
const DEFAULT_RETRY_DELAY_MS = 1_000;

/** Tells whether the server would refuse the same frame again. An unknown code counts as temporary. */
export function isPermanent(error: ErrorFrame): boolean {
  return PERMANENT.includes(error.code);
}

/** Gives the wait before the client sends the same frame again, in milliseconds. */
export function retryDelay(error: ErrorFrame): number {
  const asked = Number(error.retryAfterMs ?? DEFAULT_RETRY_DELAY_MS);
  return asked >= 0 ? Math.min(asked, MAX_RETRY_DELAY_MS) : DEFAULT_RETRY_DELAY_MS;
}

/** The error of a request that the server refused, or that had no reply. */
export function toError(error?: ErrorFrame): ChatError {
  if (!error) return new ChatError('timeout', 'No answer came.');
  return new ChatError(error.code, error.message, error);
}

/** The error of a request that needs the room at once. */
export function notJoined(): ChatError {
  return new ChatError('notJoined', 'Not connected to the room: wait until it is joined.');
}
