import { parseName, type User } from '../../lib/protocol';

/** What a token says of itself. Nothing of it is verified: the server does that. */
export interface Token {
  text: string;
  user: User | undefined;
  /** How long it is good for, in milliseconds from now; for ever when it does not say. */
  lifetimeMs: number;
}

/** Reads the payload of a JWT, for display and for timing. Never throws. */
export function readToken(text: string, now: number): Token {
  const { sub, name, preferred_username, iat, exp } = payloadOf(text);
  const user =
    typeof sub === 'string'
      ? { id: sub, name: parseName(name) ?? parseName(preferred_username) ?? sub.slice(0, 64) }
      : undefined;
  return { text, user, lifetimeMs: livesMs(Number(iat), Number(exp), now) };
}

// A clock that is wrong by hours must not make every token look expired: then only its length counts.
function livesMs(iat: number, exp: number, now: number): number {
  const left = exp * 1000 - now;
  const whole = (exp - iat) * 1000;
  if (left > 0 && !(left > whole)) return left;
  return whole > 0 ? whole : Number.POSITIVE_INFINITY;
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
