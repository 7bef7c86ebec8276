import { byteLength } from '../protocol/byteLength';
import { line } from '../protocol/fields';
import { mixesScripts } from './guestNames';

const MAX_CHARACTERS = 32;
/** The row of a connection has to hold the longest role within its 2 KB. */
const MAX_BYTES = 32;
const LINE = line(MAX_CHARACTERS);

/** What shows nothing, or turns the text around it. The only blank is a plain space. */
const HIDDEN = /(?! )[\p{Z}\p{Cf}\p{DI}\u2800\u{1d159}]/u;

/** The rule of a role, as a sentence for the user. */
export const ROLE_RULE = `A role must be 1 to ${MAX_CHARACTERS} visible characters and plain spaces on one line, at most ${MAX_BYTES} bytes, and must not mix scripts in one word.`;

/** Reads what a token says its user is: trimmed, or `undefined` if it breaks {@link ROLE_RULE}. */
export function parseRole(value: unknown): string | undefined {
  const role = typeof value === 'string' ? LINE.read(value.trim()) : undefined;
  if (role === undefined || HIDDEN.test(role) || mixesScripts(role)) return undefined;
  return byteLength(role) > MAX_BYTES ? undefined : role;
}
