import { parseName, type User } from '../../lib/protocol';

/** What a token says of itself. Nothing of it is verified: the server does that. */
export interface Token {
  text: string;
  user: User | undefined;
  /** Milliseconds until the token expires; `Infinity` if it has no `exp`. */
  lifetimeMs: number;
}

/**
 * Reads the payload of a JWT, for display and for timing. Never throws. The whole lifetime counts for a token that was
 * `issuedNow`: its `exp` says nothing on a device whose clock is wrong.
 */
export function readToken(text: string, now: number, issuedNow: boolean): Token {
  const { sub, name, preferred_username, iat, exp } = payloadOf(text);
  const user =
    typeof sub === 'string'
      ? { id: sub, name: parseName(name) ?? parseName(preferred_username) ?? sub.slice(0, 64) }
      : undefined;
  const wholeMs = (Number(exp) - Number(iat)) * 1000;
  const leftMs = Number(exp) * 1000 - now;
  return { text, user, lifetimeMs: lifetimeMs(wholeMs, leftMs, issuedNow) };
}

// A clock that is wrong by hours must not make every token look expired: then only its length counts.
function lifetimeMs(wholeMs: number, leftMs: number, issuedNow: boolean): number {
  const mostMs = wholeMs > 0 ? wholeMs : Infinity;
  return leftMs > 0 && (!issuedNow || mostMs === Infinity) ? Math.min(leftMs, mostMs) : mostMs;
}

function payloadOf(text: string): Record<string, unknown> {
  try {
    const [, payload = ''] = text.split('.');
    const base64 = payload.replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    return { ...JSON.parse(new TextDecoder().decode(bytes)) };
  } catch {
    return {};
  }
}
