import { isOn, required } from '../app/settings';
import { signGuest } from '../auth/guestTokens';
import { isFromEdge, ORIGIN_HEADER } from '../auth/originSecret';
import { createSecret, type Secret } from '../aws/secretsManager';
import { NAME_RULE, parseName } from '../protocol';
import type { Tally } from '../telemetry/invocationMetrics';
import { type HttpReply, refusal, reply } from './response';

const LARGEST_BODY = 8 * 1024;

/** What `POST /api/token` needs; without a guest key nobody is a guest. */
export interface TokenDesk {
  originSecret: Secret;
  guestKey: Secret | undefined;
  tally: Tally;
}

export function createTokenDesk(env = process.env): Omit<TokenDesk, 'tally'> {
  return {
    originSecret: createSecret(required(env, 'ORIGIN_SECRET_ARN'), env),
    guestKey: isOn(env, 'GUESTS') ? createSecret(required(env, 'GUEST_KEY_ARN'), env) : undefined,
  };
}

/** Gives a guest a token: `{"name": "Ann", "token"?: an earlier one to keep its user id}`. */
export async function issueToken(
  desk: TokenDesk,
  headers: Record<string, string | undefined>,
  body: string,
): Promise<HttpReply> {
  if (!(await isFromEdge(headers[ORIGIN_HEADER], desk.originSecret)))
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
  const signed = await signGuest(desk.guestKey, name, asked.token);
  desk.tally.add('TokensIssued');
  desk.tally.note({ action: 'token', outcome: 'issued', userId: signed.user.id });
  return reply(200, signed);
}

function parseBody(body: string): { name?: unknown; token?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function refuse({ tally }: TokenDesk, statusCode: number, code: string, message: string): HttpReply {
  tally.note({ action: 'token', outcome: 'refused', reason: code });
  return refusal(statusCode, { code, message });
}
