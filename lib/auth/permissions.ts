/** What a user may do in a room: `read` joins, `write` sends, signals and reports typing, `moderate` kicks. */
export type Right = 'read' | 'write' | 'moderate';

/**
 * What a user may do where, as one line that rides on every event: `*:rw news:r staff.*:-`. A pattern is a room's
 * name, or the beginning of one and `*`. The rights follow by their first letters, or `-` for none. `@` before them
 * means "only as a member": `dm.*:@rw`.
 */
export type Permissions = string;

const GRANT = /^(\*|[a-z0-9][a-z0-9._-]{0,63}\*?):(-|@?[rwm]{1,3})$/;
const NOTHING: Permissions = '*:-';
/** API Gateway takes 8 KB of an authorizer, and half of a token that is larger would be another token. */
const MAX_PERMISSIONS_CHARACTERS = 2048;

/** Reads grants from a claim or a setting, a text or a list. Returns `undefined` if any part is no grant. */
export function parsePermissions(value: unknown): Permissions | undefined {
  const text = Array.isArray(value) ? value.join(' ') : value;
  if (typeof text !== 'string' || text.length > MAX_PERMISSIONS_CHARACTERS) return undefined;
  const grants = text.split(' ').filter((grant) => grant !== '');
  if (grants.some((grant) => !GRANT.test(grant))) return undefined;
  return grants.join(' ') || NOTHING;
}

/**
 * Tells whether rights allow something in a room. Of the patterns that fit, the most exact one decides alone. Several
 * grants of that pattern add up, and `-` among them takes everything away.
 */
export function hasPermission(permissions: Permissions, right: Right, room: string): boolean {
  const letters = lettersFor(permissions, room);
  return !letters.includes('-') && letters.includes(right.charAt(0));
}

/** Tells whether rights hold in a room only for its members. */
export function isForMembers(permissions: Permissions, room: string): boolean {
  return lettersFor(permissions, room).includes('@');
}

/** Gives the letters of the most exact pattern that fits a room. */
function lettersFor(permissions: Permissions, room: string): string {
  let exactness = -1;
  let letters = '';
  for (const grant of permissions.split(' ')) {
    const [pattern = '', granted = ''] = grant.split(':');
    const fit = fitOf(pattern, room);
    if (fit < exactness || fit < 0) continue;
    letters = fit === exactness ? letters + granted : granted;
    exactness = fit;
  }
  return letters;
}

/** How exactly a pattern names a room, negative when it does not. */
function fitOf(pattern: string, room: string): number {
  if (!pattern.endsWith('*')) return pattern === room ? Number.POSITIVE_INFINITY : -1;
  const prefix = pattern.slice(0, -1);
  return room.startsWith(prefix) ? prefix.length : -1;
}
