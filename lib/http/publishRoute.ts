import { answerAsUser, type BackEndReply } from '../actions/backEndRequests';
import { changeRights } from '../actions/editAndDeleteRights';
import { isAllowed } from '../actions/neededRights';
import type { IdentityPolicy } from '../auth/identify';
import { isFromCloudFront, ORIGIN_HEADER } from '../auth/originSecret';
import type { Secret } from '../auth/secretCache';
import type { BackEndContext, UserContext } from '../ports/contexts';
import type { ErrorCode, ErrorFrame } from '../protocol';
import { errorReply, FORBIDDEN } from '../protocol/errorReplies';
import { parseBackEndRequest } from '../protocol/parseBackEndRequest';
import { readObject } from '../protocol/parseJsonObject';
import { viewerOf } from '../telemetry/viewer';
import { errorFrameResponse } from './errorFrameResponse';
import { identifyBearer } from './identifyBearer';
import { NOT_FROM_CLOUDFRONT } from './refuse';
import { type HttpResponse, jsonResponse } from './response';

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

/** Answers what a back end posts: 201 when a message was written, 200 when nothing was left to do, else an error. */
export async function publishRoute(
  routeContext: PublishRouteContext,
  context: BackEndContext & UserContext,
  request: MessageRequest,
): Promise<HttpResponse> {
  const answer = await answerTo(routeContext, context, request);
  context.metrics.annotate({
    outcome: answer.type,
    ...(answer.room !== undefined && { room: answer.room }),
    ...('id' in answer && answer.id !== undefined && { messageId: answer.id }),
    ...('seq' in answer && { seq: answer.seq }),
    ...('code' in answer && { reason: answer.code }),
  });
  if (answer.type === 'error') return errorFrameResponse(answer);
  return jsonResponse(answer.type === 'ack' && !answer.duplicate ? 201 : 200, answer);
}

async function answerTo(
  { originSecret, identity }: PublishRouteContext,
  context: BackEndContext & UserContext,
  { room, headers, body }: MessageRequest,
): Promise<BackEndReply> {
  context.metrics.annotate({ action: 'publish' });
  if (!(await isFromCloudFront(headers[ORIGIN_HEADER], originSecret)))
    return { type: 'error', ...NOT_FROM_CLOUDFRONT };
  context.metrics.annotate({ client: viewerOf(headers) });
  const author = await identifyBearer(identity, headers.authorization);
  if ('code' in author) return { type: 'error', ...author };
  const object = readObject(body, 'body');
  if (!object.ok) return no(object.code, object.reason);

  const parsed = parseBackEndRequest(object.value, room);
  if (!parsed.ok) return parsed.failure;
  const { request } = parsed;
  const { permissions, user } = author;
  if (request.action === 'react' || request.action === 'getReactions')
    context.metrics.annotate({ action: request.action });
  if (!isAllowed(permissions, request.action, request.room)) return errorReply(request, FORBIDDEN);
  return answerAsUser(context, user, request, changeRights(permissions, request.room));
}

function no(code: ErrorCode, message: string): ErrorFrame {
  return { type: 'error', code, message };
}
