import { answerAsUser, type BackEndReply } from '../actions/backEndRequests';
import { changeRights } from '../actions/editAndDeleteRights';
import { isAllowed } from '../actions/neededRights';
import type { BackEndContext, ListedMemberContext, UserContext } from '../ports/contexts';
import type { ErrorCode, ErrorFrame } from '../protocol';
import { errorReply, FORBIDDEN } from '../protocol/errorReplies';
import { parseBackEndRequest } from '../protocol/parseBackEndRequest';
import { readObject } from '../protocol/parseJsonObject';
import { errorFrameResponse } from './errorFrameResponse';
import { type BearerContext, identifyBearer } from './identifyBearer';
import { type HttpResponse, jsonResponse } from './response';

/** A request as far as this route reads it. */
export interface MessageRequest {
  room: string | undefined;
  headers: Record<string, string | undefined>;
  body: string;
}

/** Answers what a back end posts: 201 when a message was written, 200 when nothing was left to do, else an error. */
export async function publishRoute(
  bearer: BearerContext,
  context: BackEndContext & UserContext & ListedMemberContext,
  request: MessageRequest,
): Promise<HttpResponse> {
  const answer = await answerTo(bearer, context, request);
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
  bearer: BearerContext,
  context: BackEndContext & UserContext & ListedMemberContext,
  { room, headers, body }: MessageRequest,
): Promise<BackEndReply> {
  context.metrics.annotate({ action: 'publish' });
  const author = await identifyBearer(bearer, context.metrics, headers);
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
