import { errors, jwtVerify } from 'jose';
import { isGuest, parseName } from '../protocol';
import type { VerifiedToken } from './guestTokens';
import { createJwksCache } from './jwksCache';
import { parsePermissions } from './permissions';
import { parseRole } from './roles';

const ALGORITHMS = ['RS256', 'ES256'];
const TOLERATED_SKEW_SECONDS = 5;
const SUBJECT = /^[\x21-\x7e]{1,128}$/;

/** Types of tokens that sign a user in. Others, such as logout tokens, have the same issuer, audience and keys. */
const TYPES = ['jwt', 'at+jwt', 'application/at+jwt'];

/** An identity provider: its tokens' issuer and audience, and where its keys are. */
export interface OidcProvider {
  issuer: string;
  audience: string;
  /** Clients whose tokens count, by the claims `azp` and `client_id`. A token without them is the audience's own. */
  clients: readonly string[];
  jwksUrl: string;
  /** The claim that says what the user may do where. */
  roomsClaim: string;
  /** The claim that says what the user is; without it users have no role. */
  roleClaim: string | undefined;
}

/**
 * Reads a provider's token, or gives `undefined` when it does not hold.
 * @throws Unavailable when the validity cannot be checked now.
 */
export type VerifyToken = (token: string) => Promise<VerifiedToken | undefined>;

/** Verifies tokens of an OIDC provider, with its keys kept across invocations. */
export function createOidcVerifier({
  issuer,
  audience,
  clients,
  jwksUrl,
  roomsClaim,
  roleClaim,
}: OidcProvider): VerifyToken {
  const keys = createJwksCache(jwksUrl);
  return async (token) => {
    try {
      const { payload, protectedHeader } = await jwtVerify(token, keys, {
        algorithms: ALGORITHMS,
        issuer,
        audience,
        requiredClaims: ['sub', 'exp'],
        clockTolerance: TOLERATED_SKEW_SECONDS,
      });
      const { sub, exp, azp, client_id: clientId } = payload;
      const isKnown = (claim: unknown) => claim === undefined || clients.some((client) => client === claim);
      // An ID token names its client as `azp`, an access token of RFC 9068 as `client_id`.
      if (!isSignIn(protectedHeader.typ) || !isKnown(azp) || !isKnown(clientId)) return undefined;
      if (typeof sub !== 'string' || !exp || !SUBJECT.test(sub) || isGuest({ id: sub })) return undefined;
      const name = parseName(payload.name) ?? parseName(payload.preferred_username) ?? sub.slice(0, 64);
      const role = roleClaim === undefined ? undefined : parseRole(payload[roleClaim]);
      const user = { id: sub, name, ...(role !== undefined && { role }) };
      const verified: VerifiedToken = { user, expiresAt: exp * 1000 };
      const claimed = payload[roomsClaim];
      if (claimed === undefined) return verified;
      // An unreadable claim must not become the default, which may allow more.
      const permissions = parsePermissions(claimed);
      return permissions === undefined ? undefined : { ...verified, permissions };
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  };
}

/** Many providers leave the type out. */
function isSignIn(type: unknown): boolean {
  return type === undefined || (typeof type === 'string' && TYPES.includes(type.toLowerCase()));
}
