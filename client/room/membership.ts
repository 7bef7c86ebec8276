import type { Failure, Joined } from '../../lib/protocol';
import { backoff } from '../backoff';
import { type Core, isPermanent, REPLY_MS, waitAsked } from '../core';
import type { Log } from '../log/log';
import type { Link } from '../socket/link';
import type { Desk } from './desk';

/** Leaving is asked for again this often; after that a pong tells the server's mind. */
const MOST_REPEATS = 2;

type Status = 'joining' | 'joined' | 'leaving' | 'refused';

export interface MembershipEvents {
  isWanted(): boolean;
  /**
   * The server has let us in; `again` when that has to be asked from another position. The log is the one that was
   * there when it was asked, as a reply about one that has been dropped since says nothing of the new one.
   */
  joined(reply: Joined, log: Log, after: number | undefined): 'taken' | 'again';
  refused(failure: Failure): void;
  /** The room can be used on a link, or no more. */
  changed(): void;
}

/** One room's membership, on each link. */
export interface Membership {
  isJoined(link: Link): boolean;
  /** Enters the room on every link, or leaves it, as is wanted now. */
  settle(): void;
  /** The server says that this connection is not in the room. */
  evicted(link: Link): void;
  /** Asks for the newest page, because the log is another one. */
  again(): void;
}

export function createMembership(core: Core, room: Desk, events: MembershipEvents): Membership {
  const status = new WeakMap<Link, Status | undefined>();
  const isJoined = (link: Link): boolean => status.get(link) === 'joined';

  const set = (link: Link, next: Status | undefined): void => {
    status.set(link, next);
    events.changed();
  };

  /** Enters or leaves, as is wanted now. */
  const ask = (link: Link, attempt = 0): void => {
    const isEntering = events.isWanted();
    const log = room.log();
    const after = log.cursor();
    const doing = isEntering ? 'joining' : 'leaving';
    set(link, doing);
    const frame = isEntering ? ({ action: 'joinRoom', after } as const) : ({ action: 'leaveRoom' } as const);
    link.request({ ...frame, room: room.name }, REPLY_MS, (reply) => {
      if (!link.isOpen()) return;
      if (events.isWanted() !== isEntering) return ask(link);
      if (reply?.type === 'joined') {
        if (events.joined(reply, log, after) === 'again') return ask(link);
        return set(link, 'joined');
      }
      if (reply?.type === 'ok' || (!isEntering && attempt === MOST_REPEATS)) return set(link, undefined);
      const failure = reply?.type === 'error' ? reply : undefined;
      if (failure && isPermanent(failure)) {
        set(link, 'refused');
        return events.refused(failure);
      }
      core.clock.after((failure ? waitAsked(failure) : 0) + backoff(attempt, core.random), () => {
        if (link.isOpen() && status.get(link) === doing) ask(link, attempt + 1);
      });
    });
  };

  const settleOn = (link: Link): void => {
    const known = status.get(link);
    if (events.isWanted() ? !known || known === 'refused' : known === 'joined') ask(link);
    else if (known === 'refused') status.set(link, undefined);
  };

  return {
    isJoined,
    settle: () => core.links().forEach(settleOn),
    evicted(link) {
      if (!isJoined(link) || !link.isOpen()) return;
      set(link, undefined);
      settleOn(link);
    },
    again() {
      for (const link of core.links().filter(isJoined)) ask(link);
    },
  };
}
