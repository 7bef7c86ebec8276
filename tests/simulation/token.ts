import type { Permissions } from '../../lib/auth/permissions';
import type { User } from '../../lib/protocol';

/** Makes a token shaped like a JWT; the simulation tests the log, not signatures. */
export function makeToken(user: User, expiresAt: number, rooms: Permissions = '*:rw'): string {
  const claims = { sub: user.id, name: user.name, rooms, exp: Math.floor(expiresAt / 1000) };
  return `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.unsigned`;
}

/** Reads such a token. */
export function readToken(token: string): { user: User; expiresAt: number; permissions: Permissions } {
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  return {
    user: { id: String(claims.sub), name: String(claims.name) },
    expiresAt: Number(claims.exp) * 1000,
    permissions: String(claims.rooms),
  };
}
