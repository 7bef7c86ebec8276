import { required } from '../app/settings';
import { createIdentity, type Identity, identify } from '../auth/authorizeHandshake';
import { isFromEdge, ORIGIN_HEADER } from '../auth/originSecret';
import { may } from '../auth/permissions';
import { createSecret, type Secret } from '../aws/secretsManager';
import { publishWithin } from '../delivery/publishForBackEnd';
import { type BackEnd, type Guarded, Unavailable } from '../ports/ports';
import { type Ack, type ErrorCode, type Failure, parsePublication } from '../protocol';
import { FORBIDDEN, failure, UNAVAILABLE } from '../protocol/errorReplies';
import { readObject } from '../protocol/json';
import { type HttpReply, refusal, reply } from './response';

/** What `POST /api/rooms/{room}/messages` needs besides what publishing does. */
export interface MessageDesk {
  originSecret: Secret;
  identity: Identity;
}

export function createMessageDesk(env = process.env): MessageDesk {
  return {
    originSecret: createSecret(required(env, 'ORIGIN_SECRET_ARN'), env),
    identity: createIdentity(env),
  };
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
  tooManyRooms: 429,
  rateLimited: 429,
  unavailable: 503,
};

/** Publishes what a back end posts: 201 with the `ack`, 200 when it was there already, else an error. */
export async function publishPosted(
  desk: MessageDesk,
  world: BackEnd & Guarded,
  request: MessageRequest,
): Promise<HttpReply> {
  const answer = await answerTo(desk, world, request);
  const { room: _, ...subject } = answer;
  world.tally.note({
    action: 'publish',
    outcome: answer.type,
    ...(answer.room !== undefined && { room: answer.room }),
    ...(answer.id !== undefined && { messageId: answer.id }),
    ...('seq' in subject ? { seq: subject.seq } : { reason: subject.code }),
  });
  if (answer.type === 'ack') return reply(answer.duplicate ? 200 : 201, answer);
  const { type: __, ...error } = answer;
  return refusal(STATUS[error.code], error, error.code === 'expired' ? { 'www-authenticate': 'Bearer' } : {});
}

async function answerTo(
  { originSecret, identity }: MessageDesk,
  world: BackEnd & Guarded,
  { room, headers, body }: MessageRequest,
): Promise<Ack | Failure> {
  if (!(await isFromEdge(headers[ORIGIN_HEADER], originSecret)))
    return no('forbidden', 'Requests must come through the CloudFront distribution.');
  const author = await authorOf(identity, headers.authorization);
  if (author === 'unavailable') return { type: 'error', ...UNAVAILABLE };
  if (!author) return no('expired', 'Send "Authorization: Bearer" and a token that is valid now.');
  const object = readObject(body, 'body');
  if (!object.ok) return no(object.code, object.reason);

  const parsed = parsePublication(object.value, room);
  if (!parsed.ok) return parsed.failure;
  const { publication } = parsed;
  if (!may(author.rights, 'write', publication.room)) return failure(publication, FORBIDDEN);
  return publishWithin(world, author.user, publication);
}

function no(code: ErrorCode, message: string): Failure {
  return { type: 'error', code, message };
}

async function authorOf(identity: Identity, authorization = '') {
  try {
    return await identify(identity, /^bearer +([\w.~+/=-]+)$/i.exec(authorization)?.[1]);
  } catch (error) {
    if (error instanceof Unavailable) return 'unavailable';
    throw error;
  }
}
