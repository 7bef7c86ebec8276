import { type ClientMessage, type ErrorFrame, LIMITS } from './index';

/** The part of an error that does not depend on the frame. */
export type ErrorDetails = Pick<ErrorFrame, 'code' | 'message' | 'retryAfterMs' | 'until' | 'read'>;

/** Says why a frame was not carried out, and what to do. */
export function errorReply(
  message: Partial<Pick<ErrorFrame, 'room' | 'id'>> & { action?: ClientMessage['action'] },
  refused: ErrorDetails,
): ErrorFrame {
  const { action, room, id } = message;
  return {
    type: 'error',
    ...refused,
    ...(action !== undefined && { action }),
    ...(room !== undefined && { room }),
    ...(id !== undefined && { id }),
  };
}

/** Gives what the judge of a charge says, from why a frame is refused. */
export function judged(error: ErrorDetails | undefined, isFree?: true): Refusal | undefined {
  return error && { kind: 'judged', error, ...(isFree && { isFree }) };
}

/** The error for a refusal by the connection's row or its user's. */
export function refusalError(refused: Refusal): ErrorDetails {
  switch (refused.kind) {
    case 'closed':
    case 'expired':
      return {
        code: 'expired',
        message: 'This connection is closed or its token has expired: connect again.',
      };
    case 'notMember':
      return { code: 'notMember', message: 'This connection is not in the room: join it first.' };
    case 'tooManyRooms':
      return {
        code: 'tooManyRooms',
        message: `A connection may be in ${LIMITS.roomsPerConnection} rooms: leave one first.`,
      };
    case 'tooManyConnections':
      return {
        code: 'tooManyConnections',
        message: 'This user has as many connections as are allowed: close one, and connect again.',
      };
    case 'bannedEverywhere':
      return {
        code: 'banned',
        message: 'This user is banned: connect again after the ban has ended.',
        until: refused.until,
      };
    case 'banned':
      return {
        code: 'forbidden',
        message: 'You have been removed from this room.',
        ...(refused.until !== undefined && { until: refused.until }),
      };
    case 'rateLimited':
      return {
        code: 'rateLimited',
        message: 'Too many frames: wait and send the same frame again.',
        retryAfterMs: refused.retryAfterMs,
      };
    case 'judged':
      return refused.error;
    default:
      return refused satisfies never;
  }
}

export const FORBIDDEN: ErrorDetails = {
  code: 'forbidden',
  message: 'This user may not do this in this room.',
};

/** The refusal of words by the deployment's review, with the reason that the review gives the author. */
export function refusedByReview(reason = 'The review of this room refused these words.'): ErrorDetails {
  return { code: 'refused', message: reason };
}

/** The answer for words that wait for a moderator. */
export const HELD: ErrorDetails = {
  code: 'held',
  message: 'A moderator of this room has to allow this message: it is shown then.',
};

export const FLOOD: ErrorDetails = {
  code: 'rateLimited',
  message: 'Far too many frames: this connection is being closed.',
  retryAfterMs: 10_000,
};

export const UNAVAILABLE: ErrorDetails = {
  code: 'unavailable',
  message: 'The server could not finish this now: send the same frame again.',
  retryAfterMs: 1000,
};

export const BEHIND: ErrorDetails = {
  code: 'behind',
  message: 'Too much happened since "after": read the room from there first, then send this id again.',
};

/** Why a connection may not do what it asks for. */
export type Refusal =
  | { kind: 'closed' }
  | { kind: 'expired' }
  | { kind: 'notMember' }
  | { kind: 'tooManyRooms' }
  /** `until`: the end of the ban in milliseconds since the epoch, where it was read. */
  | { kind: 'banned'; fence: number; until?: number }
  | HandshakeRefusal
  | RateLimited
  /** By the judge of a charge. `isFree`: the frame takes no further token. */
  | { kind: 'judged'; error: ErrorDetails; isFree?: true };

/** Why a connection was refused at its handshake, as its client may be told. */
export type HandshakeRefusal =
  | { kind: 'tooManyConnections' }
  /** The end of the ban in milliseconds since the epoch. */
  | { kind: 'bannedEverywhere'; until: number };

export interface RateLimited {
  kind: 'rateLimited';
  retryAfterMs: number;
  /** Others kept moving the bucket: it may have room at any time. */
  contended?: true;
}
