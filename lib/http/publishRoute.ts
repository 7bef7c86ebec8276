import { publishAsUser } from '../actions/publishForBackEnd';
import { type IdentityPolicy, identify } from '../auth/identify';
import { isFromCloudFront, ORIGIN_HEADER } from '../auth/originSecret';
import { hasPermission } from '../auth/permissions';
import type { Secret } from '../auth/secretCache';
import type { BackEndContext, UserContext } from '../ports/contexts';
import { Unavailable } from '../ports/unavailable';
import type { Ack, ErrorCode, ErrorFrame } from '../protocol';
import { errorReply, FORBIDDEN, UNAVAILABLE } from '../protocol/errorReplies';
import { readObject } from '../protocol/parseJsonObject';
import { parsePublication } from '../protocol/parsePublication';
import { viewerOf } from '../telemetry/viewer';
import { bearerToken } from './bearerToken';
import { errorResponse, type HttpResponse, jsonResponse } from './response';

/** What `POST /api/rooms/{room}/messages` needs besides what publishing does. */
export interface PublishRouteContext {
  originSecret: Secret;
  identity: IdentityPolicy;
}

/** A request as far as this route reads it. */
export interface MessageRequest {
  room: string | undefined;
  headers: Record<string, string | undefined>;
  body: string;
}

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
  tooMany: 409,
  tooManyRooms: 429,
  tooManyConnections: 429,
  banned: 403,
  rateLimited: 429,
  unavailable: 503,
};

/** Publishes what a back end posts: 201 with the `ack`, 200 when it was there already, else an error. */
export async function publishRoute(
  routeContext: PublishRouteContext,
  context: BackEndContext & UserContext,
  request: MessageRequest,
): Promise<HttpResponse> {
  const answer = await answerTo(routeContext, context, request);
  const { room: _, ...subject } = answer;
  context.metrics.annotate({
    action: 'publish',
    outcome: answer.type,
    ...(answer.room !== undefined && { room: answer.room }),
    ...(answer.id !== undefined && { messageId: answer.id }),
    ...('seq' in subject ? { seq: subject.seq } : { reason: subject.code }),
  });
  if (answer.type === 'ack') return jsonResponse(answer.duplicate ? 200 : 201, answer);
  const { type: __, ...error } = answer;
  return errorResponse(
    STATUS[error.code],
    error,
    error.code === 'expired' ? { 'www-authenticate': 'Bearer' } : {},
  );
}

async function answerTo(
  { originSecret, identity }: PublishRouteContext,
  context: BackEndContext & UserContext,
  { room, headers, body }: MessageRequest,
): Promise<Ack | ErrorFrame> {
  if (!(await isFromCloudFront(headers[ORIGIN_HEADER], originSecret)))
    return no('forbidden', 'Requests must come through the CloudFront distribution.');
  context.metrics.annotate({ client: viewerOf(headers) });
  const author = await authorOf(identity, headers.authorization);
  if (author === 'unavailable') return { type: 'error', ...UNAVAILABLE };
  if (!author) return no('expired', 'Send "Authorization: Bearer" and a token that is valid now.');
  const object = readObject(body, 'body');
  if (!object.ok) return no(object.code, object.reason);

  const parsed = parsePublication(object.value, room);
  if (!parsed.ok) return parsed.failure;
  const { publication } = parsed;
  const mayWrite = hasPermission(author.permissions, 'write', publication.room);
  const mayModerate = hasPermission(author.permissions, 'moderate', publication.room);
  if (!mayWrite && !(mayModerate && publication.action === 'deleteMessage'))
    return errorReply({ room: publication.room, id: publication.id }, FORBIDDEN);
  return publishAsUser(context, author.user, publication, { mayWrite, mayModerate });
}

function no(code: ErrorCode, message: string): ErrorFrame {
  return { type: 'error', code, message };
}

async function authorOf(identity: IdentityPolicy, authorization: string | undefined) {
  try {
    return await identify(identity, bearerToken(authorization));
  } catch (error) {
    if (error instanceof Unavailable) return 'unavailable';
    throw error;
  }
}
