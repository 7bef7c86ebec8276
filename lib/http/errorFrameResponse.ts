import type { ErrorCode, ErrorFrame } from '../protocol';
import { errorResponse, type HttpResponse } from './response';

const STATUS: Record<ErrorCode, number> = {
  badFrame: 400,
  badField: 400,
  unknownAction: 400,
  tooLarge: 413,
  expired: 401,
  forbidden: 403,
  notMember: 403,
  behind: 409,
  gone: 410,
  tooOld: 403,
  conflict: 409,
  tooMany: 409,
  muted: 403,
  readOnly: 403,
  refused: 403,
  held: 202,
  tooManyRooms: 429,
  tooManyConnections: 429,
  banned: 403,
  rateLimited: 429,
  unavailable: 503,
};

/** Answers with an `error` frame and the status of its code. */
export function errorFrameResponse({ type: _, ...error }: ErrorFrame): HttpResponse {
  return errorResponse(
    STATUS[error.code],
    error,
    error.code === 'expired' ? { 'www-authenticate': 'Bearer' } : {},
  );
}
