import { randomBytes } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import type { User } from '../protocol';
import { GUEST_PREFIX, parseName } from '../protocol';
import type { Permissions } from './permissions';
import type { Secret } from './secretCache';

/** Issuer and audience of the tokens the stack signs itself. */
export const GUEST_ISSUER = 'edge-chat';
const TOKEN_TTL_SECONDS = 3600;
/** Within this time a returning guest keeps the user id. */
const RENEWABLE_SECONDS = 7 * 24 * 3600;
const DAY_SECONDS = 24 * 3600;
const TOLERATED_SKEW_SECONDS = 5;
/** How long a token can be used or exchanged after it is signed, in milliseconds. */
export const GUEST_TOKEN_USABLE_MS = (TOKEN_TTL_SECONDS + RENEWABLE_SECONDS) * 1000;

export interface VerifiedToken {
  user: User;
  /** In milliseconds since the epoch. */
  expiresAt: number;
  /** What the token itself says of rooms. */
  permissions?: Permissions;
}

export interface GuestToken extends VerifiedToken {
  /** The first sign-in of this user id, in seconds since the epoch. */
  signedInAt: number;
}

/**
 * Signs a guest's token for one hour. An old token of the guest's keeps the user id and the time of the first sign-in.
 * `guestDays` after that time the user id ends, and the guest gets another one.
 */
export async function signGuestToken(
  secret: Secret,
  name: string,
  guestDays: number,
  old?: GuestToken,
): Promise<{ token: string; user: User; expiresAt: number }> {
  const now = Math.floor(Date.now() / 1000);
  const lifetime = guestDays * DAY_SECONDS;
  const renewed = old && now < old.signedInAt + lifetime ? old : undefined;
  const id = renewed?.user.id ?? `${GUEST_PREFIX}${randomBytes(12).toString('base64url')}`;
  const signedInAt = renewed?.signedInAt ?? now;
  const [current] = await secret.values();
  if (current === undefined) throw new Error('The guest key has no current value.');
  const expiresAt = Math.min(now + TOKEN_TTL_SECONDS, signedInAt + lifetime) * 1000;
  const token = await new SignJWT({ name, auth_time: signedInAt })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuer(GUEST_ISSUER)
    .setAudience(GUEST_ISSUER)
    .setSubject(id)
    .setIssuedAt()
    .setExpirationTime(expiresAt / 1000)
    .sign(keyOf(current));
  return { token, user: { id, name }, expiresAt };
}

/** Reads a guest's token that may have expired within the last week, or gives `undefined` for any other. */
export function verifyRenewableToken(secret: Secret, token: string): Promise<GuestToken | undefined> {
  return verifyGuestToken(secret, token, RENEWABLE_SECONDS);
}

/** Reads a guest's token, or gives `undefined` when it is not one of ours or has expired. */
export async function verifyGuestToken(
  secret: Secret,
  token: string,
  toleranceSeconds = TOLERATED_SKEW_SECONDS,
): Promise<GuestToken | undefined> {
  return (
    (await firstThatFits(await secret.values(), token, toleranceSeconds)) ??
    // The key may have been rotated, and this token signed by a container that knows it already.
    (await firstThatFits(await secret.reread(), token, toleranceSeconds))
  );
}

async function firstThatFits(
  values: readonly string[],
  token: string,
  clockTolerance: number,
): Promise<GuestToken | undefined> {
  for (const value of values) {
    try {
      const { payload } = await jwtVerify(token, keyOf(value), {
        algorithms: ['HS256'],
        issuer: GUEST_ISSUER,
        audience: GUEST_ISSUER,
        requiredClaims: ['sub', 'exp', 'name', 'auth_time'],
        clockTolerance,
      });
      const { sub, exp, auth_time: signedInAt } = payload;
      const name = parseName(payload.name);
      if (typeof sub === 'string' && sub.startsWith(GUEST_PREFIX) && name && exp && isTime(signedInAt))
        return { user: { id: sub, name }, expiresAt: exp * 1000, signedInAt };
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error;
    }
  }
  return undefined;
}

/** Seconds since the epoch. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value);
}

function keyOf(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}
