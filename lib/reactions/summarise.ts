import type { ReactionSet } from '../ports/reactionStore';
import type { ReactionSummary, User } from '../protocol';
import { byteLength } from '../protocol/byteLength';

/** How many users of each name a summary lists, and how large its lists may be. */
interface Bounds {
  usersPerName: number;
  bytes: number;
}

/**
 * Counts the reactions to a message, the most frequent first. The counts are exact. The lists of users are filled in
 * turn, a user a name, while they fit.
 */
export function summarise(
  sets: readonly ReactionSet[],
  { usersPerName, bytes }: Bounds,
): Pick<ReactionSummary, 'counts' | 'users'> {
  const byName = new Map<string, User[]>();
  for (const { user, on } of sets)
    for (const name of on) {
      const users = byName.get(name);
      if (users) users.push(user);
      else byName.set(name, [user]);
    }
  const names = [...byName].sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1));

  const listed = new Map<string, User[]>();
  let used = 0;
  for (let place = 0; place < usersPerName; place++)
    for (const [name, users] of names) {
      const user = users[place];
      if (!user) continue;
      const before = listed.get(name);
      const added = byteLength(JSON.stringify(before ? [user] : { [name]: [user] }));
      if (used + added > bytes) continue;
      used += added;
      listed.set(name, [...(before ?? []), user]);
    }
  return {
    counts: Object.fromEntries(names.map(([name, users]) => [name, users.length])),
    users: Object.fromEntries(listed),
  };
}
