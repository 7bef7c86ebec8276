import { GUEST_PREFIX, type VerifiedToken } from './guestTokens';
import type { VerifyToken } from './oidcTokens';
import type { Permissions } from './permissions';

const MAX_TOKEN_CHARACTERS = 4096;

/** Who a token speaks of. */
export interface IdentityPolicy {
  verify: VerifyToken;
  /** What those may do whose tokens do not say. */
  defaults: { guest: Permissions; user: Permissions };
}

/**
 * Reads who a token speaks of and what they may do, or gives `undefined` when it does not hold.
 * @throws Error when it cannot be decided now.
 */
export async function identify(
  { verify, defaults }: IdentityPolicy,
  token: string | undefined,
): Promise<(VerifiedToken & { permissions: Permissions }) | undefined> {
  const verified = token && token.length <= MAX_TOKEN_CHARACTERS ? await verify(token) : undefined;
  if (!verified) return undefined;
  const kind = verified.user.id.startsWith(GUEST_PREFIX) ? 'guest' : 'user';
  return { ...verified, permissions: verified.permissions ?? defaults[kind] };
}
