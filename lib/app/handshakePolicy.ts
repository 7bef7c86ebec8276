import { decodeJwt, errors } from 'jose';
import type { HandshakePolicy } from '../auth/authorizeHandshake';
import { GUEST_ISSUER, verifyGuestToken } from '../auth/guestTokens';
import type { IdentityPolicy } from '../auth/identify';
import { createOidcVerifier, type VerifyToken } from '../auth/oidcTokens';
import { type Permissions, parsePermissions } from '../auth/permissions';
import { isOn, optional, required } from '../util/environment';
import { openGuestKey, openOriginSecret } from './secrets';
import { allowedOrigins } from './settings';

/** Creates the handshake policy from the function's environment. */
export function createHandshakePolicy(env = process.env): HandshakePolicy {
  return {
    originSecret: openOriginSecret(env),
    allowedOrigins: allowedOrigins(env),
    admitsWithoutOrigin: isOn(env, 'CLIENTS_WITHOUT_ORIGIN'),
    ...createIdentityPolicy(env),
    now: Date.now,
  };
}

/** Puts together what reading a token needs. */
export function createIdentityPolicy(env = process.env): IdentityPolicy {
  return {
    verify: createVerifier(env),
    defaults: { guest: readPermissions(env, 'GUEST_ROOMS'), user: readPermissions(env, 'USER_ROOMS') },
  };
}

/** Verifies guests' tokens with the stack's own key and all others with the provider's, as configured. */
function createVerifier(env: Record<string, string | undefined>): VerifyToken {
  const guestKey = openGuestKey(env);
  const issuer = optional(env, 'OIDC_ISSUER');
  const provider =
    issuer === undefined
      ? undefined
      : createOidcVerifier({
          issuer,
          audience: required(env, 'OIDC_AUDIENCE'),
          clients: (optional(env, 'OIDC_CLIENTS') ?? required(env, 'OIDC_AUDIENCE')).split(','),
          jwksUrl: required(env, 'OIDC_JWKS_URL'),
          roomsClaim: required(env, 'OIDC_ROOMS_CLAIM'),
          roleClaim: optional(env, 'OIDC_ROLE_CLAIM'),
        });
  return async (token) => {
    if (issuerOf(token) === GUEST_ISSUER) return guestKey && verifyGuestToken(guestKey, token);
    return provider?.(token);
  };
}

// Only chooses the key: nothing in the token is believed before its signature has been checked.
function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}

function readPermissions(env: Record<string, string | undefined>, name: string): Permissions {
  const permissions = parsePermissions(required(env, name));
  if (permissions === undefined) throw new Error(`${name} must be grants such as "*:rw news:r".`);
  return permissions;
}
