import { type ClientMessage, type ErrorFrame, LIMITS } from './index';

/** Says why a frame was not carried out, and what to do. */
export function errorReply(
  message: Partial<Pick<ErrorFrame, 'room' | 'id'>> & { action?: ClientMessage['action'] },
  refused: Pick<ErrorFrame, 'code' | 'message' | 'retryAfterMs'>,
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

/** The error for a refusal by the connection's row or its user's. */
export function refusalError(refused: Refusal): Pick<ErrorFrame, 'code' | 'message' | 'retryAfterMs'> {
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
    case 'banned':
      return { code: 'forbidden', message: 'You have been removed from this room.' };
    case 'rateLimited':
      return {
        code: 'rateLimited',
        message: 'Too many frames: wait and send the same frame again.',
        retryAfterMs: refused.retryAfterMs,
      };
    default:
      return refused satisfies never;
  }
}

export const FORBIDDEN: Pick<ErrorFrame, 'code' | 'message'> = {
  code: 'forbidden',
  message: 'This user may not do this in this room.',
};

export const FLOOD: Pick<ErrorFrame, 'code' | 'message' | 'retryAfterMs'> = {
  code: 'rateLimited',
  message: 'Far too many frames: this connection is being closed.',
  retryAfterMs: 10_000,
};

export const UNAVAILABLE: Pick<ErrorFrame, 'code' | 'message' | 'retryAfterMs'> = {
  code: 'unavailable',
  message: 'The server could not finish this now: send the same frame again.',
  retryAfterMs: 1000,
};

export const BEHIND: Pick<ErrorFrame, 'code' | 'message'> = {
  code: 'behind',
  message: 'Too much happened since "after": read the room from there first, then send this id again.',
};

/** Why a connection may not do what it asks for. */
export type Refusal =
  | { kind: 'closed' }
  | { kind: 'expired' }
  | { kind: 'notMember' }
  | { kind: 'tooManyRooms' }
  | { kind: 'banned'; fence: number }
  | RateLimited;

export interface RateLimited {
  kind: 'rateLimited';
  retryAfterMs: number;
  /** Others kept moving the bucket: it may have room at any time. */
  contended?: true;
}
