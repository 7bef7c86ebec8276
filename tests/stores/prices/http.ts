import { fileRoute, uploadRoute } from '../../../lib/http/fileRoutes';
import { publishRoute } from '../../../lib/http/publishRoute';
import { type PushRequest, servePush } from '../../../lib/http/pushRoutes';
import type { HttpResponse } from '../../../lib/http/response';
import type { FileSigner, FileStore } from '../../../lib/ports/fileStore';
import type { User } from '../../../lib/protocol';
import { NOW } from '../../unit/harness';
import { secretOf } from '../../unit/secretOf';
import { container, opened } from './scene';

export const HEADERS = { 'x-edge-chat-origin': 'secret', authorization: 'Bearer token' };

/** The file of the first message of the room `files`. */
export const FILE = { id: 'f'.repeat(22), name: 'a.txt', type: 'text/plain', bytes: 1 };

/** Signing needs no call. */
export const FILES: FileStore & FileSigner = {
  signUpload: () => ({ url: 'https://bucket.invalid', fields: {}, expiresAt: NOW }),
  signRead: () => 'https://bucket.invalid',
  find: async () => undefined,
  keep: async () => {},
  remove: async () => {},
  list: async () => [],
};

const ROUTES = {
  'POST /api/rooms/{room}/messages': 'publish',
  'POST /api/rooms/{room}/uploads': 'upload',
  'GET /api/rooms/{room}/files/{seq}/{id}': 'file',
  'GET /api/rooms/{room}/push': 'push',
  'POST /api/rooms/{room}/push': 'push',
} as const;

export type RoomRoute = keyof typeof ROUTES;
export const ROOM_ROUTES = Object.keys(ROUTES) as RoomRoute[];

const POST = { id: 'http-own-id', text: 'hello', after: 0 };

/** Requests something of a room by HTTP; gives the answer's status as its type. */
export async function request(
  route: RoomRoute,
  user: User,
  { permissions = '*:rwm', content = POST as object, room = 'full' } = {},
): Promise<{ type: string; code?: string }> {
  const { statusCode, body } = await respond(route, user, permissions, room, content);
  const { error } = JSON.parse(body || '{}') as { error?: { code: string } };
  return { type: String(statusCode), ...error };
}

function respond(
  route: RoomRoute,
  user: User,
  permissions: string,
  room: string,
  content: object,
): Promise<HttpResponse> {
  const context = { ...container(), files: FILES };
  const routes = bearerOf(user, permissions);
  switch (ROUTES[route]) {
    case 'publish':
      return publishRoute(routes, context, { room, headers: HEADERS, body: JSON.stringify(content) });
    case 'upload': {
      const { id: _, ...upload } = { ...FILE, sha256: `${'A'.repeat(43)}=` };
      return uploadRoute(routes, context, { room, headers: HEADERS, body: JSON.stringify(upload) });
    }
    case 'file':
      return fileRoute(routes, context, {
        room: room === 'full' ? 'files' : room,
        headers: HEADERS,
        seq: '1',
        id: FILE.id,
      });
    case 'push': {
      const [method = ''] = route.split(' ');
      return respondToPush(user, { method, room, body: JSON.stringify({ level: 'all' }) }, permissions);
    }
  }
}

function bearerOf(user: User, permissions: string) {
  return {
    originSecret: secretOf(['secret']),
    identity: {
      verify: async () => ({ user, expiresAt: NOW + 1, permissions }),
      defaults: { guest: '', user: '' },
    },
  };
}

/** Requests something of the notifications. */
export function respondToPush(
  user: User,
  asked: Omit<PushRequest, 'headers'>,
  permissions = '*:rwm',
): Promise<HttpResponse> {
  const { notifications, subscriptions, watchers } = opened.stores;
  const context = {
    ...{ ...container(), notifications, subscriptions, watchers },
    publicKey: async () => 'key',
    pushHosts: ['push.example'],
  };
  return servePush(bearerOf(user, permissions), context, { ...asked, headers: HEADERS });
}
