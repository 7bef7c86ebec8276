import type { Reaction } from '../../client/reactions';

/** Says who reacted, the reader first: "You, Ann and 3 more". A name cannot turn the words around it. */
export function describeReaction({ users, count, isMine }: Reaction, me: string | undefined): string {
  const others = users.filter(({ id }) => id !== me).map(({ name }) => `\u2068${name}\u2069`);
  const named = [...(isMine ? ['You'] : []), ...others].slice(0, count);
  const more = count - named.length;
  if (named.length === 0) return `${count.toLocaleString()} users`;
  return more > 0 ? `${named.join(', ')} and ${more.toLocaleString()} more` : named.join(', ');
}
