import { randomBytes } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import type { User } from '../protocol';
import { parseName } from '../protocol';
import type { Permissions } from './permissions';
import type { Secret } from './secretCache';

/** Issuer and audience of the tokens the stack signs itself. */
export const GUEST_ISSUER = 'edge-chat';
/** Guests' ids begin with this, and no other issuer's may. */
export const GUEST_PREFIX = 'guest:';
const LIVES_SECONDS = 3600;
/** Within this time a returning guest keeps the user id. */
const RENEWABLE_SECONDS = 7 * 24 * 3600;
const TOLERATED_SKEW_SECONDS = 5;

export interface VerifiedToken {
  user: User;
  /** In milliseconds since the epoch. */
  expiresAt: number;
  /** What the token itself says of rooms. */
  permissions?: Permissions;
}

/** Signs a guest's token for one hour; an old token of the guest's keeps the user id. */
export async function signGuestToken(
  secret: Secret,
  name: string,
  old?: string,
): Promise<{ token: string; user: User; expiresAt: number }> {
  const renewed = old === undefined ? undefined : await verifyGuestToken(secret, old, RENEWABLE_SECONDS);
  const id = renewed?.user.id ?? `${GUEST_PREFIX}${randomBytes(12).toString('base64url')}`;
  const [current] = await secret.values();
  if (current === undefined) throw new Error('The guest key has no current value.');
  const expiresAt = (Math.floor(Date.now() / 1000) + LIVES_SECONDS) * 1000;
  const token = await new SignJWT({ name })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuer(GUEST_ISSUER)
    .setAudience(GUEST_ISSUER)
    .setSubject(id)
    .setIssuedAt()
    .setExpirationTime(expiresAt / 1000)
    .sign(keyOf(current));
  return { token, user: { id, name }, expiresAt };
}

/** Reads a guest's token, or gives `undefined` when it is not one of ours or has expired. */
export async function verifyGuestToken(
  secret: Secret,
  token: string,
  toleranceSeconds = TOLERATED_SKEW_SECONDS,
): Promise<VerifiedToken | undefined> {
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
): Promise<VerifiedToken | undefined> {
  for (const value of values) {
    try {
      const { payload } = await jwtVerify(token, keyOf(value), {
        algorithms: ['HS256'],
        issuer: GUEST_ISSUER,
        audience: GUEST_ISSUER,
        requiredClaims: ['sub', 'exp', 'name'],
        clockTolerance,
      });
      const name = parseName(payload.name);
      if (payload.sub?.startsWith(GUEST_PREFIX) && name && payload.exp)
        return { user: { id: payload.sub, name }, expiresAt: payload.exp * 1000 };
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error;
    }
  }
  return undefined;
}

function keyOf(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}
