import { mixesScripts } from '../auth/guestNames';
import { signGuestToken, verifyRenewableToken } from '../auth/guestTokens';
import { isFromCloudFront, ORIGIN_HEADER } from '../auth/originSecret';
import type { Secret } from '../auth/secretCache';
import type { GlobalBanStore } from '../ports/globalBanStore';
import { Unavailable } from '../ports/unavailable';
import { NAME_RULE, parseName, type User } from '../protocol';
import { byteLength } from '../protocol/byteLength';
import { UNAVAILABLE } from '../protocol/errorReplies';
import { readObject } from '../protocol/parseJsonObject';
import type { InvocationMetrics } from '../telemetry/invocationMetrics';
import { viewerOf } from '../telemetry/viewer';
import { NOT_FROM_CLOUDFRONT, refuse } from './refuse';
import { type HttpResponse, jsonResponse } from './response';

const MAX_BODY_BYTES = 8 * 1024;

/** What `POST /api/token` needs. Without a guest key there are no guests. */
export interface GuestTokenContext {
  originSecret: Secret;
  guestKey: Secret | undefined;
  /** Maximum time that a guest keeps a user id, in days. */
  guestDays: number;
  bans: GlobalBanStore;
  metrics: InvocationMetrics;
}

/**
 * Gives a guest a token: `{"name": "Ann", "token"?: an earlier one to keep its user id}`. A banned guest gets the same
 * token back while it is valid: the handshake tells the client until when the ban lasts.
 */
export async function issueGuestToken(
  context: GuestTokenContext,
  headers: Record<string, string | undefined>,
  body: string,
): Promise<HttpResponse> {
  const { metrics } = context;
  const no = (statusCode: number, code: string, message: string) =>
    refuse(metrics, 'token', statusCode, { code, message });
  if (!(await isFromCloudFront(headers[ORIGIN_HEADER], context.originSecret)))
    return refuse(metrics, 'token', 403, NOT_FROM_CLOUDFRONT);
  metrics.annotate({ client: viewerOf(headers) });
  if (!context.guestKey)
    return no(403, 'forbidden', 'Guests are switched off: sign in with the identity provider.');
  if (byteLength(body) > MAX_BODY_BYTES)
    return no(413, 'tooLarge', `The body must be at most ${MAX_BODY_BYTES} bytes.`);

  const object = readObject(body, 'body');
  if (!object.ok) return no(400, object.code, object.reason);
  const asked = object.value;
  const name = parseName(asked.name);
  if (name === undefined) return no(400, 'badField', NAME_RULE);
  if (mixesScripts(name))
    return no(400, 'badField', 'A name must not mix Latin, Greek or Cyrillic letters in one word.');
  if (asked.token !== undefined && typeof asked.token !== 'string')
    return no(400, 'badField', '"token" must be a token this endpoint gave, or be left out.');
  const { token } = asked;
  const old = token === undefined ? undefined : await verifyRenewableToken(context.guestKey, token);
  const now = Date.now();
  const ban = old && (await findBan(context, old.user, now));
  if (ban === 'unavailable') return refuse(metrics, 'token', 503, UNAVAILABLE);
  if (ban?.isSignOut) return no(403, 'forbidden', 'This guest signed out: sign in as a new guest.');
  if (ban && old && old.expiresAt > now) {
    metrics.annotate({ action: 'token', outcome: 'banned', userId: old.user.id });
    return jsonResponse(200, { token, user: old.user, expiresAt: old.expiresAt });
  }
  if (ban) return no(403, 'forbidden', 'This guest is banned: sign in as a new guest.');
  const signed = await signGuestToken(context.guestKey, name, context.guestDays, old);
  metrics.increment('TokensIssued');
  metrics.annotate({ action: 'token', outcome: 'issued', userId: signed.user.id });
  return jsonResponse(200, signed);
}

async function findBan({ bans }: GuestTokenContext, { id }: User, now: number) {
  try {
    return await bans.findGlobalBan(id, now);
  } catch (error) {
    if (error instanceof Unavailable) return 'unavailable';
    throw error;
  }
}
