import { isGuest, MAX_TOKEN_CHARACTERS } from '../protocol';
import type { VerifiedToken } from './guestTokens';
import type { VerifyToken } from './oidcTokens';
import type { Permissions } from './permissions';

/** The user that a token names. */
export interface IdentityPolicy {
  verify: VerifyToken;
  /** What those may do whose tokens do not say. */
  defaults: { guest: Permissions; user: Permissions };
}

/**
 * Reads the user and the permissions of a token. Returns `undefined` for an invalid token.
 * @throws Error when it cannot be decided now.
 */
export async function identify(
  { verify, defaults }: IdentityPolicy,
  token: string | undefined,
): Promise<(VerifiedToken & { permissions: Permissions }) | undefined> {
  const verified = token && token.length <= MAX_TOKEN_CHARACTERS ? await verify(token) : undefined;
  if (!verified) return undefined;
  const kind = isGuest(verified.user) ? 'guest' : 'user';
  return { ...verified, permissions: verified.permissions ?? defaults[kind] };
}
