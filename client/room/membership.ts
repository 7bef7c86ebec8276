import type { ErrorFrame, Joined } from '../../lib/protocol';
import { isPermanent, waitAsked } from '../clientContext';
import { backoff } from '../connection/backoff';
import type { Link } from '../connection/connection';
import { MOST_LEAVES, REPLY_MS } from '../constants';
import type { Log } from '../timeline/roomLog';
import type { Desk } from './roomContext';

type Status = 'asking' | 'joined';

export interface MembershipEvents {
  isWanted(): boolean;
  /**
   * The server has let us in; tells whether that was of use, or has to be asked from another position. The log is the
   * one that was there when it was asked: a reply about one that has been dropped since says nothing of the new one.
   */
  joined(reply: Joined, log: Log, after: number | undefined): boolean;
  /** The server does not let us in: the room must not be wanted any more. */
  refused(failure: ErrorFrame): void;
  /** The room can be used on a link, or no more: it has to be settled anew. */
  changed(): void;
}

/** One room's membership, on each link. */
export interface Membership {
  isJoined(link: Link): boolean;
  /** Enters the room on every link, or leaves it, as is wanted now. */
  settle(): void;
  /** The link is not in the room any more, or has to enter it again. */
  evicted(link: Link): void;
}

export function createMembership(room: Desk, events: MembershipEvents): Membership {
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
    set(link, 'asking');
    const frame = isEntering ? ({ action: 'joinRoom', after } as const) : ({ action: 'leaveRoom' } as const);
    link.exchange({ ...frame, room: room.name }, REPLY_MS, (reply) => {
      if (!link.isOpen()) return;
      if (events.isWanted() !== isEntering) return ask(link);
      if (reply?.type === 'joined') {
        return events.joined(reply, log, after) ? set(link, 'joined') : ask(link);
      }
      const failure = reply?.type === 'error' ? reply : undefined;
      const isRefused = failure && isPermanent(failure);
      if (isRefused) events.refused(failure);
      if (isRefused || reply?.type === 'ok' || (!isEntering && attempt >= MOST_LEAVES))
        return set(link, undefined);
      room.clock.after((failure ? waitAsked(failure) : 0) + backoff(attempt, room.random), () => {
        if (link.isOpen()) ask(link, attempt + 1);
      });
    });
  };

  return {
    isJoined,
    settle() {
      for (const link of room.links()) {
        const known = status.get(link);
        if (events.isWanted() ? !known : known === 'joined') ask(link);
      }
    },
    evicted(link) {
      if (isJoined(link) && link.isOpen()) set(link, undefined);
    },
  };
}
