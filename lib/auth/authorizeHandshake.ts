import { MAX_CONNECTION_MS, type User } from '../protocol';
import { type Headers, single, valuesOf } from './headers';
import { type IdentityPolicy, identify } from './identify';
import { isFromCloudFront, ORIGIN_HEADER } from './originSecret';
import type { Permissions } from './permissions';
import type { Secret } from './secretCache';
import { readSubprotocols } from './subprotocols';

/** Decides which clients may connect. */
export interface HandshakePolicy extends IdentityPolicy {
  originSecret: Secret;
  allowedOrigins: ReadonlySet<string>;
  /** Browsers always send Origin; terminals and back ends do not. */
  admitsWithoutOrigin: boolean;
  now(): number;
}

/**
 * Outcome of a handshake: the user, or the reason of a refusal. The reason is for our log; the client is told nothing.
 */
export type HandshakeDecision =
  | { ok: true; user: User; expiresAt: number; permissions: Permissions }
  | { ok: false; why: 'notFromEdge' | 'origin' | 'subprotocol' | 'token' };

/**
 * Decides on a handshake from its headers.
 * @throws Error when it cannot be decided now: a handshake that is answered so may be tried again.
 */
export async function authorizeHandshake(
  policy: HandshakePolicy,
  headers: Headers,
): Promise<HandshakeDecision> {
  const given = (name: string) => valuesOf(headers, name);
  if (!(await isFromCloudFront(single(given(ORIGIN_HEADER)), policy.originSecret)))
    return { ok: false, why: 'notFromEdge' };
  if (!isAllowed(policy, given('origin'))) return { ok: false, why: 'origin' };

  const { isKnown, token, session } = readSubprotocols(headers);
  if (!isKnown || typeof session === 'object') return { ok: false, why: 'subprotocol' };
  const identified = await identify(policy, token);
  if (!identified) return { ok: false, why: 'token' };
  const { user, permissions } = identified;
  return {
    ok: true,
    user,
    permissions,
    expiresAt: Math.min(identified.expiresAt, policy.now() + MAX_CONNECTION_MS),
  };
}

function isAllowed(policy: HandshakePolicy, origins: readonly string[]): boolean {
  if (origins.length === 0) return policy.admitsWithoutOrigin;
  const origin = single(origins);
  return origin !== undefined && policy.allowedOrigins.has(origin);
}
