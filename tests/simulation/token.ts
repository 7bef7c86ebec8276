import type { User } from '../../lib/protocol';

/** Makes a token shaped like a JWT; the simulation tests the log, not signatures. */
export function makeToken(user: User, expiresAt: number): string {
  const claims = { sub: user.id, name: user.name, exp: Math.floor(expiresAt / 1000) };
  return `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.unsigned`;
}

/** Reads such a token. */
export function readToken(token: string): { user: User; expiresAt: number } {
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  return {
    user: { id: String(claims.sub), name: String(claims.name) },
    expiresAt: Number(claims.exp) * 1000,
  };
}
