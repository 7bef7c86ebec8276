import { PONG_TIMEOUT_MS } from '../common/constants';
import type { Cancel, Clock, Random } from '../common/platform';
import type { Connection } from './connection';

/** What a heartbeat is given. Times are in milliseconds. */
export interface HeartbeatOptions {
  clock: Clock;
  random: Random;
  pingMs: number;
  /** The cursors of the rooms that a connection joined, and `undefined` for other rooms: JSON leaves them out. */
  cursorsOn(connection: Connection): Record<string, number | undefined>;
}

/** Pings one connection at an interval, and closes it if no pong comes. */
export interface Heartbeat {
  /** Pings now, unless a pong is due already. */
  probe(): void;
  stop: Cancel;
}

/** Pings a connection, first at a random time, so that clients that connected together do not ping together. */
export function startHeartbeat(
  { clock, random, pingMs, cursorsOn }: HeartbeatOptions,
  connection: Connection,
): Heartbeat {
  // Timers do not run while a device sleeps: a ping from before the sleep does not count.
  let dueUntil = 0;
  let cancel = clock.after(random() * pingMs, () => ping());

  const ping = (): void => {
    cancel();
    cancel = clock.after(pingMs, ping);
    const sentAt = clock.now();
    dueUntil = sentAt + PONG_TIMEOUT_MS;
    connection.request(
      { action: 'ping', rooms: cursorsOn(connection) as Record<string, number> },
      PONG_TIMEOUT_MS,
      (reply, error) => {
        dueUntil = 0;
        // A throttled connection lives: a reconnect would only add frames.
        if (!reply && !error && !connection.wasThrottledSince(sentAt)) connection.close('noAnswer');
      },
    );
  };

  return {
    probe() {
      if (clock.now() >= dueUntil) ping();
    },
    stop: () => cancel(),
  };
}
