/** Guests: users that the stack signs in with nothing but a display name. */

import type { User } from '../lib/protocol';
import { ChatError } from './common/errors';

const SIGN_OUT_TIMEOUT_MS = 5_000;

/** A signed-in guest. */
export interface Guest {
  readonly user: User;
  readonly token: string;
  /** In milliseconds since the epoch. */
  readonly expiresAt: number;
}

/**
 * Signs a guest in at a stack's token endpoint, `https://<the stack>/api/token`. With an earlier token of the guest,
 * the user id stays. @throws ChatError, marked `final` when asking again would not help.
 */
export async function signInGuest(
  endpoint: string,
  name: string,
  token?: string,
  ask: typeof fetch = fetch,
): Promise<Guest> {
  const response = await ask(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, ...(token !== undefined && { token }) }),
  }).catch(unreachable);
  const body: unknown = await response.json().catch(() => undefined);
  const guest = response.ok ? readGuest(body) : undefined;
  if (guest) return guest;

  const refusal = isRecord(body) && isRecord(body.error) ? body.error : undefined;
  const reason = refusal?.message;
  const { status } = response;
  // A firewall's page says nothing about the guest: only the stack's own code is final.
  const isOwn = typeof refusal?.code === 'string';
  const final = isOwn && status >= 400 && status < 500 && status !== 408 && status !== 429;
  throw new ChatError(
    final ? 'unauthorized' : 'unavailable',
    typeof reason === 'string'
      ? reason
      : `The server could not sign you in (HTTP ${status}). Try again in a moment.`,
    { final },
  );
}

/**
 * Signs a guest out at the stack's token endpoint: every token of the guest stops working, and the guest's connections
 * are closed. @throws ChatError when the server did not confirm it.
 */
export async function signOutGuest(
  endpoint: string,
  token: string,
  ask: typeof fetch = fetch,
): Promise<void> {
  const { ok, status } = await ask(endpoint, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${token}` },
    // The page may be closed at once.
    keepalive: true,
    signal: AbortSignal.timeout(SIGN_OUT_TIMEOUT_MS),
  }).catch(unreachable);
  // A token that is no guest's any more needs no end.
  if (!ok && status !== 401)
    throw new ChatError('unavailable', `The server could not sign you out (HTTP ${status}). Try again.`);
}

/** Reads a guest as the endpoint answers, or as an app has kept it. */
export function readGuest(value: unknown): Guest | undefined {
  if (!isRecord(value) || !isRecord(value.user)) return undefined;
  const { token, expiresAt, user } = value;
  return typeof token === 'string' &&
    typeof expiresAt === 'number' &&
    typeof user.id === 'string' &&
    typeof user.name === 'string'
    ? { token, expiresAt, user: { id: user.id, name: user.name } }
    : undefined;
}

function unreachable(cause: unknown): never {
  throw new ChatError('unavailable', 'The server cannot be reached. Check the connection and try again.', {
    cause,
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
