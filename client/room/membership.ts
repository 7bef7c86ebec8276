import type { ErrorFrame, Joined } from '../../lib/protocol';
import { isPermanent, retryDelay } from '../clientContext';
import { backoff } from '../connection/backoff';
import type { Connection } from '../connection/connection';
import { MAX_LEAVE_RETRIES, REPLY_TIMEOUT_MS } from '../constants';
import type { RoomLog } from '../timeline/roomLog';
import type { RoomContext } from './roomContext';

type MembershipStatus = 'asking' | 'joined';

export interface MembershipEvents {
  isWanted(): boolean;
  /**
   * The server has let us in; tells whether that was of use, or has to be asked from another position. The log is the
   * one that was there when it was asked: a reply about one that has been dropped since says nothing of the new one.
   */
  onJoined(reply: Joined, log: RoomLog, after: number | undefined): boolean;
  /** The server does not let us in: the room must not be wanted any more. */
  onRefused(failure: ErrorFrame): void;
  /** The room can be used on a link, or no more: it has to be settled anew. */
  onChange(): void;
}

/** One room's membership, on each link. */
export interface Membership {
  isJoined(link: Connection): boolean;
  /** Enters the room on every link, or leaves it, as is wanted now. */
  reconcile(): void;
  /** The link is not in the room any more, or has to enter it again. */
  onEvicted(link: Connection): void;
}

export function createMembership(room: RoomContext, events: MembershipEvents): Membership {
  const status = new WeakMap<Connection, MembershipStatus | undefined>();
  const isJoined = (link: Connection): boolean => status.get(link) === 'joined';

  const set = (link: Connection, next: MembershipStatus | undefined): void => {
    status.set(link, next);
    events.onChange();
  };

  /** Enters or leaves, as is wanted now. */
  const ask = (link: Connection, attempt = 0): void => {
    const isEntering = events.isWanted();
    const log = room.log();
    const after = log.cursor();
    set(link, 'asking');
    const frame = isEntering ? ({ action: 'joinRoom', after } as const) : ({ action: 'leaveRoom' } as const);
    link.request({ ...frame, room: room.name }, REPLY_TIMEOUT_MS, (reply) => {
      if (!link.isOpen()) return;
      if (events.isWanted() !== isEntering) return ask(link);
      if (reply?.type === 'joined') {
        return events.onJoined(reply, log, after) ? set(link, 'joined') : ask(link);
      }
      const failure = reply?.type === 'error' ? reply : undefined;
      const isRefused = failure && isPermanent(failure);
      if (isRefused) events.onRefused(failure);
      if (isRefused || reply?.type === 'ok' || (!isEntering && attempt >= MAX_LEAVE_RETRIES))
        return set(link, undefined);
      room.clock.after((failure ? retryDelay(failure) : 0) + backoff(attempt, room.random), () => {
        if (link.isOpen()) ask(link, attempt + 1);
      });
    });
  };

  return {
    isJoined,
    reconcile() {
      for (const link of room.connections()) {
        const known = status.get(link);
        if (events.isWanted() ? !known : known === 'joined') ask(link);
      }
    },
    onEvicted(link) {
      if (isJoined(link) && link.isOpen()) set(link, undefined);
    },
  };
}
