import { hasPermission, isForMembers, type Right } from '../auth/permissions';
import { fileKey, TILE_SUFFIX, tileKey } from '../files/fileKey';
import type { FilesContext } from '../files/filesContext';
import { NO_FILES } from '../files/findFiles';
import { prepareUpload, type WantedUpload } from '../files/prepareUpload';
import { readEntry } from '../log/readPage';
import { isOut } from '../moderation/roomAccess';
import { Unavailable } from '../ports/unavailable';
import { parseRoom, ROOM_RULE, type User } from '../protocol';
import { parseFileId } from '../protocol/contentFields';
import {
  type ErrorDetails,
  errorReply,
  FORBIDDEN,
  judged,
  refusalError,
  UNAVAILABLE,
} from '../protocol/errorReplies';
import { readObject } from '../protocol/parseJsonObject';
import { parseUpload } from '../protocol/parseUpload';
import { cachedUserRefusal, chargeUser, tokensFor } from '../rateLimiting/sendQuota';
import { chargeUpload } from '../rateLimiting/uploadQuota';
import { errorFrameResponse } from './errorFrameResponse';
import { type BearerContext, identifyBearer } from './identifyBearer';
import { type HttpResponse, jsonResponse } from './response';

/** A request as far as these routes read it. */
export interface FileRequest {
  room: string | undefined;
  headers: Record<string, string | undefined>;
}

/** Answers `POST /api/rooms/{room}/uploads`: 201 with the form of an upload, and the id that its file will have. */
export function uploadRoute(
  bearer: BearerContext,
  context: FilesContext,
  request: FileRequest & { body: string },
): Promise<HttpResponse> {
  return answer('upload', bearer, context, request, 'write', async (user, room, refuse) => {
    const { files, clock } = context;
    if (!files) return NO_FILES;
    const upload = readUpload(request.body);
    const charged = await chargeUser(context, user, tokensFor({}), clock.now(), async () => {
      const refused = await refuse();
      // A broken request is charged, too.
      if (refused || 'code' in upload) return judged(refused, true);
      const size = upload.bytes + (upload.tile?.bytes ?? 0);
      return judged(await chargeUpload(context, user, size, clock.now()), true);
    });
    if (charged !== 'ok') return refusalError(charged);
    if ('code' in upload) return upload;
    return jsonResponse(201, prepareUpload(files, user.id, room, upload, clock.now()));
  });
}

function readUpload(body: string): WantedUpload | ErrorDetails {
  const object = readObject(body, 'body');
  if (!object.ok) return { code: object.code, message: object.reason };
  const upload = parseUpload(object.value);
  return upload.ok ? upload.fields : { code: 'badField', message: upload.reason };
}

const NOT_THERE: ErrorDetails = {
  code: 'gone',
  message: 'The message has no such file: it was deleted, or has expired.',
};

/**
 * Answers `GET /api/rooms/{room}/files/{seq}/{id}`: 302 to the file, while the message at `seq` names it. With `.tile`
 * after the id it leads to the tile.
 */
export function fileRoute(
  bearer: BearerContext,
  context: FilesContext,
  request: FileRequest & { seq: string | undefined; id: string | undefined },
): Promise<HttpResponse> {
  return answer('file', bearer, context, request, 'read', async (_user, room, refuse) => {
    const { files, clock } = context;
    if (!files) return NO_FILES;
    const seq = SEQ.test(request.seq ?? '') ? Number(request.seq) : undefined;
    const isTile = request.id?.endsWith(TILE_SUFFIX) === true;
    const id = parseFileId(isTile ? request.id?.slice(0, -TILE_SUFFIX.length) : request.id);
    if (seq === undefined || id === undefined)
      return {
        code: 'badField',
        message: 'The path must end with the seq of a message and the id of its file.',
      };
    const refused = await refuse();
    if (refused) return refused;
    const entry = await readEntry(context, room, seq);
    const file = entry?.type === 'message' ? entry.files?.find((each) => each.id === id) : undefined;
    if (entry?.type !== 'message' || !file || (isTile && !file.tile)) return NOT_THERE;
    const key = fileKey(entry.from.id, room, id);
    const location = files.signRead(isTile ? tileKey(key) : key, clock.now());
    return { statusCode: 302, headers: { location, 'cache-control': 'no-store' }, body: '' };
  });
}

/** A whole number above 0, which JavaScript can count. */
const SEQ = /^[1-9]\d{0,14}$/;

/** Answers a request of a user with a right in a room, and with units left. `act` asks whether the room is closed. */
async function answer(
  action: string,
  bearer: BearerContext,
  context: FilesContext,
  { room: asked, headers }: FileRequest,
  right: Right,
  act: (
    user: User,
    room: string,
    refuse: () => Promise<ErrorDetails | undefined>,
  ) => Promise<HttpResponse | ErrorDetails>,
): Promise<HttpResponse> {
  const { metrics, clock } = context;
  const room = parseRoom(asked);
  const refuse = (refused: ErrorDetails): HttpResponse => {
    metrics.annotate({ action, outcome: 'error', reason: refused.code });
    return errorFrameResponse(errorReply(room === undefined ? {} : { room }, refused));
  };
  const identified = await identifyBearer(bearer, metrics, headers);
  if ('code' in identified) return refuse(identified);
  const { user, permissions } = identified;
  metrics.annotate({ userId: user.id });
  if (room === undefined) return refuse({ code: 'badField', message: ROOM_RULE });
  metrics.annotate({ room });
  if (!hasPermission(permissions, right, room)) return refuse(FORBIDDEN);
  const cached = cachedUserRefusal(context, user, clock.now());
  if (cached) return refuse(refusalError(cached));
  try {
    const answered = await act(user, room, async () => {
      return (await isOut(context, user, isForMembers(permissions, room), room)) ? FORBIDDEN : undefined;
    });
    if ('code' in answered) return refuse(answered);
    metrics.annotate({ action, outcome: 'done' });
    return answered;
  } catch (error) {
    if (error instanceof Unavailable) return refuse(UNAVAILABLE);
    throw error;
  } finally {
    await context.unitQuota.pay(user.id);
  }
}
