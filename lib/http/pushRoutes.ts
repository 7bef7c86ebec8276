import { ECDH } from 'node:crypto';
import { hasPermission, isForMembers, type Permissions } from '../auth/permissions';
import { isOut } from '../moderation/roomAccess';
import type { NotificationState } from '../ports/notificationStore';
import { Unavailable } from '../ports/unavailable';
import { MAX_WATCHERS } from '../ports/watcherStore';
import { isDirect, parseRoom, ROOM_RULE, type User } from '../protocol';
import {
  type ErrorDetails,
  errorReply,
  FORBIDDEN,
  refusalError,
  UNAVAILABLE,
} from '../protocol/errorReplies';
import { readObject } from '../protocol/parseJsonObject';
import { parseNotificationSettings, parseSubscription } from '../protocol/parsePush';
import { isPushEndpoint } from '../push/isPushEndpoint';
import type { SubscriptionContext } from '../push/subscriptionContext';
import { cachedUserRefusal, chargeUser } from '../rateLimiting/sendQuota';
import { hashOf } from '../util/hashOf';
import { errorFrameResponse } from './errorFrameResponse';
import { type BearerContext, identifyBearer } from './identifyBearer';
import { type HttpResponse, jsonResponse, NO_CONTENT } from './response';

/** A request as far as these routes read it. */
export interface PushRequest {
  method: string;
  headers: Record<string, string | undefined>;
  /** Only in the path of a room's notifications. */
  room?: string | undefined;
  /** Only in the path of a subscription. */
  subscription?: string | undefined;
  body: string;
}

/** A subscription that its browser does not send again expires after this, in milliseconds. */
const SUBSCRIPTION_MS = 60 * 24 * 3_600_000;

/** Rows of a subscription, of the one that it replaces, and of the user's other ones. */
const SUBSCRIBE_TOKENS = 3;
/** The list of a room's watchers is counted. */
const SETTINGS_TOKENS = 5;

const SUBSCRIPTION = /^[A-Za-z0-9_-]{43}$/;

const NOT_FOLLOWED: ErrorDetails = {
  code: 'gone',
  message: 'Only users who follow a room get its notifications: follow it first.',
};

const TOO_MANY: ErrorDetails = {
  code: 'tooMany',
  message: `At most ${MAX_WATCHERS} users are notified of all messages of a room.`,
};

const bad = (message: string): ErrorDetails => ({ code: 'badField', message });

/** Answers a request by its path. */
export function servePush(
  bearer: BearerContext,
  context: SubscriptionContext,
  request: PushRequest,
): Promise<HttpResponse> {
  if (request.room !== undefined) return roomPushRoute(bearer, context, request);
  if (request.subscription !== undefined) return unsubscribeRoute(bearer, context, request);
  return pushRoute(bearer, context, request);
}

/** Answers `/api/push`: GET gives the key of the stack, and POST keeps a browser's subscription. */
function pushRoute(
  bearer: BearerContext,
  context: SubscriptionContext,
  request: PushRequest,
): Promise<HttpResponse> {
  return answer('push', bearer, context, request, SUBSCRIBE_TOKENS, async (user, permissions) => {
    if (request.method === 'GET') return jsonResponse(200, { key: await context.publicKey() });
    const { subscriptions, clock, pushHosts } = context;
    const read = readBody(request.body, parseSubscription);
    if ('code' in read) return read;
    const { endpoint, keys } = read;
    if (!isPushEndpoint(endpoint, pushHosts))
      return bad('"endpoint" must be the address of a push service that this stack calls.');
    if (!isPoint(keys.p256dh)) return bad('"keys" must have a p256dh that is a point of P-256.');
    const at = clock.now();
    const subscription = { endpoint, ...keys, user: user.id, permissions, at };
    await subscriptions.add(hashOf(user.id), subscription, at + SUBSCRIPTION_MS);
    return jsonResponse(201, { subscription: hashOf(endpoint) });
  });
}

/** Answers `DELETE /api/push/{subscription}`: the browser gets no more notifications of this user. */
function unsubscribeRoute(
  bearer: BearerContext,
  context: SubscriptionContext,
  request: PushRequest,
): Promise<HttpResponse> {
  return answer('unsubscribe', bearer, context, request, 1, async (user) => {
    const { subscription = '' } = request;
    if (!SUBSCRIPTION.test(subscription)) return bad('The path must end with the name of a subscription.');
    await context.subscriptions.remove(hashOf(user.id), subscription);
    return NO_CONTENT;
  });
}

/** Answers `/api/rooms/{room}/push`: GET gives what the user has set for the room's notifications, POST replaces it. */
function roomPushRoute(
  bearer: BearerContext,
  context: SubscriptionContext,
  request: PushRequest,
): Promise<HttpResponse> {
  return answer('roomPush', bearer, context, request, SETTINGS_TOKENS, async (user, permissions) => {
    const { notifications, clock } = context;
    const room = parseRoom(request.room);
    if (room === undefined) return bad(ROOM_RULE);
    context.metrics.annotate({ room });
    const onlyAsMember = isForMembers(permissions, room);
    if (!hasPermission(permissions, 'read', room) || (await isOut(context, user, onlyAsMember, room)))
      return FORBIDDEN;
    const userHash = hashOf(user.id);
    if (request.method !== 'GET') {
      const settings = readBody(request.body, parseNotificationSettings);
      if ('code' in settings) return settings;
      if (!(await notifications.set(userHash, room, settings, clock.now()))) return NOT_FOLLOWED;
      if (!(await watch(context, userHash, room, settings.level === 'all'))) {
        await notifications.set(userHash, room, { ...settings, level: 'mentions' }, clock.now());
        return TOO_MANY;
      }
    }
    const state = await notifications.read(userHash, room, clock.now());
    return state ? jsonResponse(200, settingsOf(state, room)) : NOT_FOLLOWED;
  });
}

/**
 * Lists a user among those who are notified of all messages of a room, or takes the user off the list. The level is
 * written before: a notice that finds another level takes off only the row that it was made for.
 */
async function watch(
  { watchers, clock }: SubscriptionContext,
  userHash: string,
  room: string,
  isForAll: boolean,
): Promise<boolean> {
  if (isDirect(room)) return true;
  if (isForAll) return watchers.add(room, { userHash, since: clock.now() });
  await watchers.remove(room, userHash);
  return true;
}

function settingsOf({ level, mutedUntil = 0 }: NotificationState, room: string) {
  return {
    level: level ?? (isDirect(room) ? 'all' : 'mentions'),
    ...(mutedUntil > 0 && { mutedUntil }),
  };
}

type Parsed<T> = { ok: true; fields: T } | { ok: false; reason: string };

function readBody<T extends object>(
  body: string,
  parse: (value: Record<string, unknown>) => Parsed<T>,
): T | ErrorDetails {
  const object = readObject(body, 'body');
  if (!object.ok) return { code: object.code, message: object.reason };
  const parsed = parse(object.value);
  return parsed.ok ? parsed.fields : bad(parsed.reason);
}

function isPoint(key: string): boolean {
  try {
    ECDH.convertKey(key, 'prime256v1', 'base64url', 'base64url', 'uncompressed');
    return true;
  } catch {
    return false;
  }
}

/** Answers a request of a user who has tokens and units left, and charges it. */
async function answer(
  action: string,
  bearer: BearerContext,
  context: SubscriptionContext,
  { headers }: PushRequest,
  tokens: number,
  act: (user: User, permissions: Permissions) => Promise<HttpResponse | ErrorDetails>,
): Promise<HttpResponse> {
  const { metrics, clock } = context;
  const refuse = (refused: ErrorDetails): HttpResponse => {
    metrics.annotate({ action, outcome: 'error', reason: refused.code });
    return errorFrameResponse(errorReply({}, refused));
  };
  const identified = await identifyBearer(bearer, metrics, headers);
  if ('code' in identified) return refuse(identified);
  const { user, permissions } = identified;
  metrics.annotate({ userId: user.id });
  const cached = cachedUserRefusal(context, user, clock.now());
  if (cached) return refuse(refusalError(cached));
  try {
    const charged = await chargeUser(context, user, tokens, clock.now(), async () => undefined);
    if (charged !== 'ok') return refuse(refusalError(charged));
    const answered = await act(user, permissions);
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
