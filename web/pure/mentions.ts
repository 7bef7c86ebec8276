import { LIMITS, type User } from '../../lib/protocol';

const MAX_OPTIONS = 6;

/** A mention that is being typed: where its "@" stands, and what follows it. */
export interface OpenMention {
  start: number;
  query: string;
}

/** Finds the mention that ends at the caret. */
export function mentionAt(text: string, caret: number): OpenMention | undefined {
  const start = text.lastIndexOf('@', caret - 1);
  const query = text.slice(start + 1, caret);
  const isOpen = start >= 0 && !/\s/u.test(query) && (start === 0 || /\s/u.test(text[start - 1] ?? ''));
  return isOpen ? { start, query } : undefined;
}

/** The users whom a mention may mean: at most six, by the beginning of their names. */
export function optionsFor({ query }: OpenMention, users: readonly User[], me: string | undefined): User[] {
  const wanted = query.toLocaleLowerCase();
  return users
    .filter(({ id, name }) => id !== me && name.toLocaleLowerCase().startsWith(wanted))
    .slice(0, MAX_OPTIONS);
}

/** Replaces the mention that is being typed by a user's name. */
export function complete(text: string, { start, query }: OpenMention, { name }: User): string {
  return `${text.slice(0, start)}@${name} ${text.slice(start + 1 + query.length)}`;
}

/** The ids of the users whom a text names with "@", as many as a message may mention. */
export function mentionsIn(text: string, users: readonly User[]): string[] {
  const named = users.filter(({ name }) => text.includes(`@${name}`));
  return [...new Set(named.map(({ id }) => id))].slice(0, LIMITS.mentions);
}
