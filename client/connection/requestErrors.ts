import type { ErrorFrame, Reply } from '../../lib/protocol';
import { DEFAULT_RETRY_DELAY_MS, MAX_RETRY_DELAY_MS } from '../common/constants';
import { ChatError } from '../common/errors';
import type { Pacer } from './pacer';

/** The codes that refuse a user's messages in a room, whatever they say. */
export const ABOUT_ROOM: readonly string[] = ['forbidden', 'tooManyRooms', 'muted', 'readOnly'];

const PERMANENT: readonly string[] = [
  ...ABOUT_ROOM,
  'unknownAction',
  'tooLarge',
  'badField',
  'refused',
  'badFrame',
  'tooMany',
  'tooOld',
  'held',
  'gone',
];

/** Tells whether the server would refuse the same frame again. An unknown code counts as temporary. */
export function isPermanent(error: Pick<ErrorFrame | ChatError, 'code'>): boolean {
  return PERMANENT.includes(error.code);
}

/**
 * Gives the wait before the client sends the same frame again, in milliseconds: what the server asked for, times a
 * factor. A rate limit slows its pacer down by the same wait. One with an end is that of a room in slow mode alone.
 */
export function retryDelay({ code, retryAfterMs, until }: ErrorFrame, pacer: Pacer, factor = 1): number {
  const asked = Math.min(Number(retryAfterMs), MAX_RETRY_DELAY_MS);
  const waitMs = factor * (asked >= 0 ? asked : DEFAULT_RETRY_DELAY_MS);
  if (code === 'rateLimited' && !until) pacer.slowDown(waitMs);
  return waitMs;
}

/** The error of a request that the server refused, or that had no reply. */
export function toError(error?: ErrorFrame): ChatError {
  if (!error) return new ChatError('timeout', 'No answer came.');
  return new ChatError(error.code, error.message, error);
}

/** The error of a request that needs the room at once. */
export function notJoined(): ChatError {
  return new ChatError('notJoined', 'Not connected to the room.');
}

/** The error of a request that the server answered with a reply to another one. */
export function unexpected({ type }: Reply): ChatError {
  return new ChatError('unavailable', `The server answered with ${type}: try again.`);
}
