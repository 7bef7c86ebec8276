import type { ClientMessage, ErrorFrame, Joined } from '../../lib/protocol';
import { MAX_LEAVE_RETRIES, REPLY_TIMEOUT_MS } from '../common/constants';
import { backoff } from '../connection/backoff';
import type { Connection } from '../connection/connection';
import { isPermanent, retryDelay } from '../connection/requestErrors';
import type { RoomLog } from '../timeline/roomLog';
import type { RoomContext } from './roomContext';

/** The number of the request that joined, or `Infinity` as long as it is asked. */
type MembershipStatus = number;

/** What a membership asks and reports. */
export interface MembershipEvents {
  isWanted(): boolean;
  /**
   * The server answered `joined`. Gives `false` if the room has to be joined again from another cursor. `log` is the
   * request's log: a reply about a dropped log says nothing about the new one.
   */
  onJoined(reply: Joined, log: RoomLog, after: number | undefined): boolean;
  /** The server refused the room for good: the room must not be wanted any more. */
  onRefused(failure: ErrorFrame): void;
  /** A connection joined or left the room. */
  onChange(): void;
}

/** A room's membership, on each connection. */
export interface Membership {
  /** Whether the connection has joined; with the number of a request, whether it had before it sent that. */
  isJoined(connection: Connection, request?: number): boolean;
  /** Joins the room on every connection, or leaves it, as `isWanted` says now. */
  reconcile(): void;
  /** The server removed the connection from the room: it joins again if the room is wanted. */
  onEvicted(connection: Connection): void;
}

/** Creates a membership that has joined nothing. */
export function createMembership(room: RoomContext, events: MembershipEvents): Membership {
  const status = new WeakMap<Connection, MembershipStatus | undefined>();
  const isJoined = (connection: Connection, before = Infinity): boolean =>
    before > (status.get(connection) ?? before);

  const set = (connection: Connection, next: MembershipStatus | undefined): void => {
    status.set(connection, next);
    events.onChange();
  };

  /** Joins or leaves, as `isWanted` says when the request's turn comes. */
  const ask = (connection: Connection, attempt = 0): void => {
    set(connection, Infinity);
    room.syncPacer.run(() => {
      if (connection.isOpen()) request(connection, attempt);
    });
  };

  const request = (connection: Connection, attempt: number): void => {
    const isJoining = events.isWanted();
    const log = room.log();
    const after = isJoining ? log.cursor() : undefined;
    const action = isJoining ? 'joinRoom' : 'leaveRoom';
    connection.request(
      { action, room: room.name, after } as ClientMessage,
      REPLY_TIMEOUT_MS,
      (reply, error) => {
        if (!connection.isOpen()) return;
        if (events.isWanted() !== isJoining) return ask(connection);
        if (reply?.type === 'joined')
          return events.onJoined(reply, log, after) ? set(connection, Number(reply.ref)) : ask(connection);
        const isRefused = error && isPermanent(error);
        if (isRefused) events.onRefused(error);
        const isOver = isRefused || reply?.type === 'ok' || (!isJoining && attempt >= MAX_LEAVE_RETRIES);
        if (isOver) return set(connection, undefined);
        const waitMs = error ? retryDelay(error, room.syncPacer) : 0;
        room.clock.after(waitMs + backoff(attempt, room.random), () => {
          if (connection.isOpen()) ask(connection, attempt + 1);
        });
      },
    );
  };

  return {
    isJoined,
    reconcile() {
      for (const connection of room.connections()) {
        if (events.isWanted() ? !status.get(connection) : isJoined(connection)) ask(connection);
      }
    },
    onEvicted(connection) {
      if (isJoined(connection)) set(connection, undefined);
    },
  };
}
