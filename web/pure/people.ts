import type { RoomSnapshot } from '../../client';
import type { User } from '../../lib/protocol';
import { cutText, firstGrapheme } from './graphemes';

/** The number of name colours; styles/people.css has a rule for each. */
export const HUES = 12;

const MAX_LETTER_UNITS = 8;

/** Picks a user's colour by id, so that it stays when the name changes. */
export function hueOf(userId: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < userId.length; at += 1)
    hash = Math.imul(hash ^ userId.charCodeAt(at), 0x01000193) >>> 0;
  // The low bits of FNV-1a vary least on short ids: fold the high ones in.
  return ((hash >>> 16) ^ (hash & 0xffff)) % HUES;
}

/** Characters of an id that tell two users apart. */
const MARK_LENGTH = 4;

/** Tells a user from others of the same name: the end of the id. */
export function endOfId(id: string): string {
  return id.slice(-MARK_LENGTH);
}

/** Marks users whose names look the same: by the end of each one's id. Users with a name of their own have no mark. */
export function marksOf(users: readonly User[]): ReadonlyMap<string, string> {
  const folded = new Map<string, string>();
  const idsByName = new Map<string, Set<string>>();
  for (const { id, name } of users) {
    const key = folded.get(name) ?? foldName(name);
    folded.set(name, key);
    idsByName.set(key, (idsByName.get(key) ?? new Set()).add(id));
  }
  const marks = new Map<string, string>();
  for (const ids of idsByName.values()) if (ids.size > 1) for (const id of ids) marks.set(id, endOfId(id));
  return marks;
}

/** The authors of what is loaded of some rooms, and other users, each once. */
export function usersIn(rooms: readonly RoomSnapshot[], others: readonly User[]): readonly User[] {
  const users = new Map<string, User>();
  for (const { messages } of rooms) for (const { from } of messages) users.set(from.id, from);
  for (const user of others) users.set(user.id, user);
  return [...users.values()];
}

/** The ids that a text may mean: one user's id, or those of the users of a name. */
export function idsFor(typed: string, users: readonly User[]): readonly string[] {
  const wanted = typed.trim();
  if (users.some(({ id }) => id === wanted)) return [wanted];
  const folded = foldName(wanted);
  const named = users.filter(({ name }) => foldName(name) === folded).map(({ id }) => id);
  return named.length > 0 ? [...new Set(named)] : [wanted];
}

/** A name without what readers overlook: case, width, style, invisible characters and repeated blanks. */
function foldName(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .replace(/\s+/gu, ' ')
    .trim();
}

/** The initials of a name: of its first and its last word. */
export function initialsOf(name: string): string {
  const words = name.split(/[\s._-]+/u).filter((word) => /[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(word));
  const [first, last] = [words[0], words.length > 1 ? words.at(-1) : undefined];
  const letters = [first, last].map((word) => (word === undefined ? '' : firstLetter(word)));
  return letters.join('') || '?';
}

/** The first grapheme in upper case, with few combining marks. */
function firstLetter(word: string): string {
  return cutText(firstGrapheme(word), MAX_LETTER_UNITS).toLocaleUpperCase();
}
