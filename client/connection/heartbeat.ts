import { PONG_TIMEOUT_MS } from '../common/constants';
import type { Cancel, Clock, Random } from '../common/platform';
import type { Connection } from './connection';

/** A room, as a heartbeat looks at it. */
export interface HeartbeatRoom {
  name: string;
  cursor(): number | undefined;
  /** When an entry came last. */
  heardAt(): number;
}

/** What a heartbeat is given. Times are in milliseconds. */
export interface HeartbeatOptions {
  clock: Clock;
  random: Random;
  pingMs: number;
  /** The rooms that a connection joined. */
  roomsOn(connection: Connection): HeartbeatRoom[];
}

type Cursors = Record<string, number>;

/** Pings one connection at an interval, and closes it if no pong comes. */
export interface Heartbeat {
  /** Pings now, unless a pong is due already. */
  probe(): void;
  stop: Cancel;
}

/** Pings a connection, first at a random time, so that clients that connected together do not ping together. */
export function startHeartbeat(
  { clock, random, pingMs, roomsOn }: HeartbeatOptions,
  connection: Connection,
): Heartbeat {
  // Timers do not run while a device sleeps: a ping from before the sleep does not count.
  let dueUntil = 0;
  let pingWithinMs = 0;
  const phaseMs = random() * pingMs;
  let cancel = clock.after(phaseMs, () => beat());

  const beat = (): void => {
    const now = clock.now();
    const rooms = roomsOn(connection);
    const quietMs = pingMs - phaseMs / 3;
    const dueAt = Math.min(
      connection.answeredAt + pingWithinMs,
      // A time to come is from before the device's clock was set back.
      ...rooms.map(({ heardAt }) => (heardAt() > now ? now : heardAt() + quietMs)),
    );
    if (rooms[0] && dueAt > now) cancel = clock.after(dueAt - now, beat);
    else ping();
  };

  const ping = (): void => {
    cancel();
    cancel = clock.after(pingMs, beat);
    const sentAt = clock.now();
    dueUntil = sentAt + PONG_TIMEOUT_MS;
    connection.request(
      {
        action: 'ping',
        rooms: Object.fromEntries(roomsOn(connection).map(({ name, cursor }) => [name, cursor()])) as Cursors,
      },
      PONG_TIMEOUT_MS,
      (reply, error) => {
        dueUntil = 0;
        if (reply?.type === 'pong') ({ pingWithinMs } = reply);
        // A throttled connection lives: a reconnect would only add frames.
        if (!reply && !error && connection.throttledAt < sentAt) connection.close('noAnswer');
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
