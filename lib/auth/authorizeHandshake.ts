import { decodeJwt, errors } from 'jose';
import { openSecret } from '../app/secrets';
import { isOn, optional, required } from '../app/settings';
import { BEARER_PREFIX, SUBPROTOCOL, type User } from '../protocol';
import { GUEST_ISSUER, GUEST_PREFIX, type VerifiedToken, verifyGuestToken } from './guestTokens';
import { createOidcVerifier, type VerifyToken } from './oidcTokens';
import { isFromCloudFront, ORIGIN_HEADER } from './originSecret';
import { type Permissions, parsePermissions } from './permissions';
import type { Secret } from './secretCache';

/** API Gateway ends every connection after this, in milliseconds. */
const LONGEST_CONNECTION_MS = 7_200_000;
const LONGEST_TOKEN = 4096;

/** Headers with every value they were sent with, as API Gateway's `multiValueHeaders`. */
export type Headers = Record<string, readonly string[] | undefined>;

/** Who may connect. */
export interface HandshakePolicy extends IdentityPolicy {
  originSecret: Secret;
  allowedOrigins: ReadonlySet<string>;
  /** Browsers always send Origin; terminals and back ends do not. */
  admitsWithoutOrigin: boolean;
  now(): number;
}

/** Who a token speaks of. */
export interface IdentityPolicy {
  verify: VerifyToken;
  /** What those may do whose tokens do not say. */
  defaults: { guest: Permissions; user: Permissions };
}

/** Outcome of a handshake: who it is, or why not. The reason is for our log; the client is told nothing. */
export type HandshakeDecision =
  | { ok: true; user: User; expiresAt: number; permissions: Permissions }
  | { ok: false; why: 'notFromEdge' | 'origin' | 'subprotocol' | 'token' };

/** Puts the gate together from the function's environment. */
export function createHandshakePolicy(env = process.env): HandshakePolicy {
  return {
    originSecret: openSecret(required(env, 'ORIGIN_SECRET_ARN'), env),
    allowedOrigins: new Set(required(env, 'ALLOWED_ORIGINS').split(',')),
    admitsWithoutOrigin: isOn(env, 'CLIENTS_WITHOUT_ORIGIN'),
    ...createIdentityPolicy(env),
    now: Date.now,
  };
}

/** Puts together what reading a token needs. */
export function createIdentityPolicy(env = process.env): IdentityPolicy {
  return {
    verify: createVerifier(env),
    defaults: { guest: readRights(env, 'GUEST_ROOMS'), user: readRights(env, 'USER_ROOMS') },
  };
}

/**
 * Reads who a token speaks of and what they may do, or gives `undefined` when it does not hold.
 * @throws Error when it cannot be decided now.
 */
export async function identify(
  { verify, defaults }: IdentityPolicy,
  token: string | undefined,
): Promise<(VerifiedToken & { permissions: Permissions }) | undefined> {
  const verified = token && token.length <= LONGEST_TOKEN ? await verify(token) : undefined;
  if (!verified) return undefined;
  const kind = verified.user.id.startsWith(GUEST_PREFIX) ? 'guest' : 'user';
  return { ...verified, permissions: verified.permissions ?? defaults[kind] };
}

/**
 * Decides on a handshake from its headers.
 * @throws Error when it cannot be decided now: a handshake that is answered so may be tried again.
 */
export async function authorizeHandshake(
  gate: HandshakePolicy,
  headers: Headers,
): Promise<HandshakeDecision> {
  const given = (name: string) => valuesOf(headers, name);
  if (!(await isFromCloudFront(single(given(ORIGIN_HEADER)), gate.originSecret)))
    return { ok: false, why: 'notFromEdge' };
  if (!isAllowed(gate, given('origin'))) return { ok: false, why: 'origin' };

  const offered = given('sec-websocket-protocol')
    .flatMap((value) => value.split(','))
    .map((protocol) => protocol.trim());
  if (!offered.includes(SUBPROTOCOL)) return { ok: false, why: 'subprotocol' };
  const token = offered.find((protocol) => protocol.startsWith(BEARER_PREFIX))?.slice(BEARER_PREFIX.length);
  const identified = await identify(gate, token);
  if (!identified) return { ok: false, why: 'token' };
  const { user, permissions } = identified;
  return {
    ok: true,
    user,
    permissions,
    expiresAt: Math.min(identified.expiresAt, gate.now() + LONGEST_CONNECTION_MS),
  };
}

function isAllowed(gate: HandshakePolicy, origins: readonly string[]): boolean {
  if (origins.length === 0) return gate.admitsWithoutOrigin;
  const origin = single(origins);
  return origin !== undefined && gate.allowedOrigins.has(origin);
}

/** Verifies guests' tokens with the stack's own key and all others with the provider's, as configured. */
function createVerifier(env: Record<string, string | undefined>): VerifyToken {
  const guestKey = isOn(env, 'GUESTS') ? openSecret(required(env, 'GUEST_KEY_ARN'), env) : undefined;
  const issuer = optional(env, 'OIDC_ISSUER');
  const provider =
    issuer === undefined
      ? undefined
      : createOidcVerifier({
          issuer,
          audience: required(env, 'OIDC_AUDIENCE'),
          jwksUrl: required(env, 'OIDC_JWKS_URL'),
          roomsClaim: required(env, 'OIDC_ROOMS_CLAIM'),
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

/** Every value of a header, whatever the case of its name. */
function valuesOf(headers: Headers, name: string): string[] {
  return Object.entries(headers).flatMap(([key, values]) =>
    key.toLowerCase() === name ? (values ?? []) : [],
  );
}

/** The value of a header that was sent once. */
function single(values: readonly string[]): string | undefined {
  return values.length === 1 ? values[0] : undefined;
}

function readRights(env: Record<string, string | undefined>, name: string): Permissions {
  const permissions = parsePermissions(required(env, name));
  if (permissions === undefined) throw new Error(`${name} must be grants such as "*:rw news:r".`);
  return permissions;
}
