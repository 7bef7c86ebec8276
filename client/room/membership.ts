import type { ErrorFrame, Joined } from '../../lib/protocol';
import { MAX_LEAVE_RETRIES, REPLY_TIMEOUT_MS } from '../common/constants';
import { backoff } from '../connection/backoff';
import type { Connection } from '../connection/connection';
import { isPermanent, retryDelay } from '../connection/requestErrors';
import type { RoomLog } from '../timeline/roomLog';
import type { RoomContext } from './roomContext';

type MembershipStatus = 'asking' | 'joined';

export interface MembershipEvents {
  isWanted(): boolean;
  /**
   * The server has let us in; tells whether that was of use, or has to be asked from another position. The log is the
   * one of the request. A reply about a dropped log says nothing about the new one.
   */
  onJoined(reply: Joined, log: RoomLog, after: number | undefined): boolean;
  /** The server does not let us in: the room must not be wanted any more. */
  onRefused(failure: ErrorFrame): void;
  /** The room can be used on a connection, or no longer: the state must be decided again. */
  onChange(): void;
}

/** A room's membership, on each connection. */
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

  /** Joins or leaves, as is wanted when the request's turn comes. */
  const ask = (connection: Connection, attempt = 0): void => {
    set(connection, 'asking');
    room.syncPacer.run(() => {
      if (connection.isOpen()) request(connection, attempt);
    });
  };

  const request = (connection: Connection, attempt: number): void => {
    const isJoining = events.isWanted();
    const log = room.log();
    const after = log.cursor();
    const frame = isJoining ? ({ action: 'joinRoom', after } as const) : ({ action: 'leaveRoom' } as const);
    connection.request({ ...frame, room: room.name }, REPLY_TIMEOUT_MS, (reply) => {
      if (!connection.isOpen()) return;
      if (events.isWanted() !== isJoining) return ask(connection);
      if (reply?.type === 'joined')
        return events.onJoined(reply, log, after) ? set(connection, 'joined') : ask(connection);
      const error = reply?.type === 'error' ? reply : undefined;
      const isRefused = error && isPermanent(error);
      if (isRefused) events.onRefused(error);
      const isOver = isRefused || reply?.type === 'ok' || (!isJoining && attempt >= MAX_LEAVE_RETRIES);
      if (isOver) return set(connection, undefined);
      const waitMs = error ? retryDelay(error) : 0;
      if (error?.code === 'rateLimited') room.syncPacer.slowDown(waitMs);
      room.clock.after(waitMs + backoff(attempt, room.random), () => {
        if (connection.isOpen()) ask(connection, attempt + 1);
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
