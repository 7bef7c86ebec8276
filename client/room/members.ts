import type { Joined, User } from '../../lib/protocol';
import type { RoomSnapshot } from '../types';
import type { Cancel, Clock } from '../world';

/** Who leaves is shown for this long still, in milliseconds: a dropped connection is usually back by then. */
const LEAVING_MS = 5_000;
/** Who typed is shown as typing for this long, in milliseconds. */
const TYPING_MS = 6_000;

/** Who is in a room, and who of them is typing. */
export interface Members {
  show(): Pick<RoomSnapshot, 'members' | 'memberCount' | 'typing'>;
  count(): number;
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
  const leaving = createPassing(clock, LEAVING_MS, (user) => {
    if (here.delete(user.id) || count > here.size) count--;
    changed();
  });
  const typing = createPassing(clock, TYPING_MS, changed);
  let count = 0;

  const stoppedTyping = (user: User): void => {
    if (typing.end(user)) changed();
  };

  const replace: Members['replace'] = ({ members, memberCount }) => {
    leaving.clear();
    here.clear();
    for (const user of members) here.set(user.id, user);
    count = Math.max(memberCount, here.size);
  };

  return {
    show: () => ({ members: [...here.values()], memberCount: count, typing: typing.users() }),
    count: () => count,
    replace,
    came(user) {
      leaving.end(user);
      if (!here.has(user.id)) count++;
      here.set(user.id, user);
      changed();
    },
    left(user) {
      leaving.begin(user);
      stoppedTyping(user);
    },
    typed(user) {
      typing.begin(user);
      changed();
    },
    stoppedTyping,
    clear() {
      typing.clear();
      replace({ members: [], memberCount: 0 });
    },
  };
}

/** Users of whom something is true for a while. */
function createPassing(clock: Clock, lastsMs: number, over: (user: User) => void) {
  const running = new Map<string, { user: User; cancel: Cancel }>();

  /** Tells whether it was true until now. */
  const end = ({ id }: User): boolean => {
    running.get(id)?.cancel();
    return running.delete(id);
  };

  return {
    end,
    begin(user: User): void {
      end(user);
      const cancel = clock.after(lastsMs, () => {
        end(user);
        over(user);
      });
      running.set(user.id, { user, cancel });
    },
    users: () => [...running.values()].map(({ user }) => user),
    clear(): void {
      for (const { user } of running.values()) end(user);
    },
  };
}
