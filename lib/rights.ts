/** What a user may do in a room. `moderate` includes neither of the others. */
export type Right = 'read' | 'write' | 'moderate';

/** Rooms by pattern: a room's name, a beginning followed by `*`, or `*` alone. All patterns that fit count. */
export type Rights = Readonly<Record<string, readonly Right[]>>;

const PATTERN = /^(?:\*|[a-z0-9][a-z0-9._-]{0,63}\*?)$/;
const MOST_PATTERNS = 50;
/** API Gateway carries at most 8 KB from the authorizer to the functions; the rest is for who the user is. */
const MOST_CHARACTERS = 4096;

/** Tells whether the rights allow something in a room. */
export function allows(rights: Rights, room: string, right: Right): boolean {
  return Object.entries(rights).some(([pattern, granted]) => granted.includes(right) && fits(pattern, room));
}

/** Reads rights as a token claims them, `{"team.*": ["read", "write"]}`, or gives `undefined` for anything else. */
export function parseRights(value: unknown): Rights | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const entries = Object.entries(value);
  if (entries.length > MOST_PATTERNS || JSON.stringify(value).length > MOST_CHARACTERS) return undefined;
  const rights: Record<string, readonly Right[]> = Object.create(null);
  for (const [pattern, granted] of entries) {
    if (!PATTERN.test(pattern) || !Array.isArray(granted) || !granted.every(isRight)) return undefined;
    rights[pattern] = granted;
  }
  return rights;
}

function fits(pattern: string, room: string): boolean {
  return pattern.endsWith('*') ? room.startsWith(pattern.slice(0, -1)) : pattern === room;
}

function isRight(value: unknown): value is Right {
  return value === 'read' || value === 'write' || value === 'moderate';
}
