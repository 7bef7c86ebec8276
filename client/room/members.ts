import type { Joined, User } from '../../lib/protocol';
import type { Cancel, Clock } from '../world';

/** Who leaves is shown for this long still, in milliseconds: a dropped connection is usually back by then. */
const LEAVING_MS = 5_000;
/** Who typed is shown as typing for this long, in milliseconds. */
const TYPING_MS = 6_000;

/** Who is in a room, and who of them is typing. */
export interface Members {
  list(): User[];
  count(): number;
  typing(): User[];
  replace(joined: Pick<Joined, 'members' | 'memberCount'>): void;
  came(user: User): void;
  left(user: User): void;
  typed(user: User): void;
  /** A message of theirs has come. */
  stoppedTyping(user: User): void;
  clear(): void;
}

export function createMembers(clock: Clock, changed: () => void): Members {
  const here = new Map<string, User>();
  const leaving = new Map<string, Cancel>();
  const typing = new Map<string, { user: User; cancel: Cancel }>();
  let count = 0;

  const stay = (user: User): void => {
    leaving.get(user.id)?.();
    leaving.delete(user.id);
  };

  const go = (user: User): void => {
    leaving.delete(user.id);
    const isListed = here.delete(user.id);
    if (isListed || count > here.size) count--;
    changed();
  };

  const stopTyping = (user: User): void => {
    const known = typing.get(user.id);
    if (!known) return;
    known.cancel();
    typing.delete(user.id);
    changed();
  };

  const clear = (): void => {
    for (const cancel of leaving.values()) cancel();
    for (const { cancel } of typing.values()) cancel();
    here.clear();
    leaving.clear();
    typing.clear();
    count = 0;
  };

  return {
    list: () => [...here.values()],
    count: () => count,
    typing: () => [...typing.values()].map(({ user }) => user),
    replace({ members, memberCount }) {
      for (const cancel of leaving.values()) cancel();
      leaving.clear();
      here.clear();
      for (const user of members) here.set(user.id, user);
      count = Math.max(memberCount, here.size);
    },
    came(user) {
      stay(user);
      if (!here.has(user.id)) count++;
      here.set(user.id, user);
      changed();
    },
    left(user) {
      stay(user);
      leaving.set(
        user.id,
        clock.after(LEAVING_MS, () => go(user)),
      );
      stopTyping(user);
    },
    typed(user) {
      typing.get(user.id)?.cancel();
      typing.set(user.id, { user, cancel: clock.after(TYPING_MS, () => stopTyping(user)) });
      changed();
    },
    stoppedTyping: stopTyping,
    clear,
  };
}
