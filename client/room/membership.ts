import type { Failure, Joined } from '../../lib/protocol';
import { backoff } from '../backoff';
import { type Core, isPermanent, REPLY_MS, waitAsked } from '../core';
import type { Link } from '../socket/link';

const MOST_LEAVES = 3;

type Status = 'joining' | 'joined' | 'leaving' | 'refused';

/** Where a join asks from. A reply to a question from before the log was dropped says nothing of the new one. */
export interface Position {
  cursor: number | undefined;
  epoch: number;
}

export interface MembershipEvents {
  isWanted(): boolean;
  position(): Position;
  /** The server has let us in; tells whether to ask again from the present position. */
  joined(reply: Joined, asked: Position): 'taken' | 'again';
  refused(failure: Failure): void;
  /** The room can be used on the current link, or no more. */
  changed(): void;
}

/** One room's membership, on each link. */
export interface Membership {
  isJoined(link: Link): boolean;
  /** Nothing more is to come of entering the room on this link. */
  isSettled(link: Link): boolean;
  /** Enters the room on every link, or leaves it, as is wanted now. */
  settle(): void;
  /** The server says that this connection is not in the room. */
  evicted(link: Link): void;
  /** Asks for the newest page, because the log is another one. */
  again(): void;
}

export function createMembership(core: Core, room: string, events: MembershipEvents): Membership {
  const status = new WeakMap<Link, Status>();

  const set = (link: Link, next: Status | undefined): void => {
    if (next) status.set(link, next);
    else status.delete(link);
    events.changed();
    core.settled(link);
  };

  const enter = (link: Link, attempt = 0): void => {
    const asked = events.position();
    const after = asked.cursor;
    set(link, 'joining');
    link.request({ action: 'joinRoom', room, ...(after !== undefined && { after }) }, REPLY_MS, (reply) => {
      if (!link.isOpen()) return;
      if (!events.isWanted()) return leave(link);
      if (reply?.type === 'joined') {
        if (events.joined(reply, asked) === 'again') return enter(link);
        return set(link, 'joined');
      }
      const failure = reply?.type === 'error' ? reply : undefined;
      if (failure?.code === 'expired') {
        set(link, undefined);
        return core.expired(link);
      }
      if (failure && isPermanent(failure)) {
        set(link, 'refused');
        events.refused(failure);
        return core.settled(link);
      }
      const wait = (failure ? waitAsked(failure) : 0) + backoff(attempt, core.random);
      core.clock.after(wait, () => retry(link, attempt + 1));
    });
  };

  const retry = (link: Link, attempt: number): void => {
    if (!link.isOpen() || status.get(link) !== 'joining') return;
    if (events.isWanted()) enter(link, attempt);
    else leave(link);
  };

  const leave = (link: Link, attempt = 1): void => {
    set(link, 'leaving');
    link.request({ action: 'leaveRoom', room }, REPLY_MS, (reply) => {
      if (!link.isOpen()) return;
      if (reply?.type !== 'ok' && attempt < MOST_LEAVES && !events.isWanted())
        return void core.clock.after(waitAsked(undefined), () => leaveAgain(link, attempt + 1));
      set(link, undefined);
      settleOn(link);
    });
  };

  const leaveAgain = (link: Link, attempt: number): void => {
    if (link.isOpen() && status.get(link) === 'leaving') leave(link, attempt);
  };

  const settleOn = (link: Link): void => {
    const known = status.get(link);
    if (events.isWanted()) {
      if (known === undefined || known === 'refused') enter(link);
    } else if (known === 'joined') leave(link);
    else if (known === 'refused') status.delete(link);
  };

  return {
    isJoined: (link) => status.get(link) === 'joined',
    isSettled: (link) => !events.isWanted() || status.get(link) === 'joined',
    settle() {
      for (const link of core.links()) settleOn(link);
    },
    evicted(link) {
      if (status.get(link) !== 'joined' || !link.isOpen()) return;
      set(link, undefined);
      settleOn(link);
    },
    again() {
      for (const link of core.links()) if (status.get(link) === 'joined') enter(link);
    },
  };
}
