import { openSecret } from '../app/secrets';
import { isOn, required } from '../app/settings';
import { signGuestToken } from '../auth/guestTokens';
import { isFromCloudFront, ORIGIN_HEADER } from '../auth/originSecret';
import type { Secret } from '../auth/secretCache';
import { NAME_RULE, parseName } from '../protocol';
import type { InvocationMetrics } from '../telemetry/invocationMetrics';
import { errorResponse, type HttpResponse, jsonResponse } from './response';

const LARGEST_BODY = 8 * 1024;

/** What `POST /api/token` needs; without a guest key nobody is a guest. */
export interface GuestTokenContext {
  originSecret: Secret;
  guestKey: Secret | undefined;
  metrics: InvocationMetrics;
}

export function createGuestTokenContext(env = process.env): Omit<GuestTokenContext, 'metrics'> {
  return {
    originSecret: openSecret(required(env, 'ORIGIN_SECRET_ARN'), env),
    guestKey: isOn(env, 'GUESTS') ? openSecret(required(env, 'GUEST_KEY_ARN'), env) : undefined,
  };
}

/** Gives a guest a token: `{"name": "Ann", "token"?: an earlier one to keep its user id}`. */
export async function issueGuestToken(
  desk: GuestTokenContext,
  headers: Record<string, string | undefined>,
  body: string,
): Promise<HttpResponse> {
  if (!(await isFromCloudFront(headers[ORIGIN_HEADER], desk.originSecret)))
    return refuse(desk, 403, 'forbidden', 'Requests must come through the CloudFront distribution.');
  if (!desk.guestKey)
    return refuse(desk, 403, 'forbidden', 'Guests are switched off: sign in with the identity provider.');
  if (body.length > LARGEST_BODY)
    return refuse(desk, 413, 'tooLarge', `The body must be at most ${LARGEST_BODY} bytes.`);

  const asked = parseBody(body);
  if (!asked) return refuse(desk, 400, 'badFrame', 'The body must be one JSON object.');
  const name = parseName(asked.name);
  if (name === undefined) return refuse(desk, 400, 'badField', NAME_RULE);
  if (asked.token !== undefined && typeof asked.token !== 'string')
    return refuse(desk, 400, 'badField', '"token" must be a token this endpoint gave, or be left out.');
  const signed = await signGuestToken(desk.guestKey, name, asked.token);
  desk.metrics.increment('TokensIssued');
  desk.metrics.annotate({ action: 'token', outcome: 'issued', userId: signed.user.id });
  return jsonResponse(200, signed);
}

function parseBody(body: string): { name?: unknown; token?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function refuse(
  { metrics }: GuestTokenContext,
  statusCode: number,
  code: string,
  message: string,
): HttpResponse {
  metrics.annotate({ action: 'token', outcome: 'refused', reason: code });
  return errorResponse(statusCode, { code, message });
}
