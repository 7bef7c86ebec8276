import { PONG_TIMEOUT_MS } from '../common/constants';
import type { Cancel, Clock, Random } from '../common/platform';
import type { Connection } from './connection';

export interface HeartbeatOptions {
  clock: Clock;
  random: Random;
  pingMs: number;
  /** The cursors of the rooms that are joined on a link; `undefined`, which no frame holds, for the others. */
  cursorsOn(link: Connection): Record<string, number | undefined>;
}

/** Keeps asking one link whether it lives. */
export interface Heartbeat {
  /** Asks now, unless an answer is due already. */
  probe(): void;
  stop: Cancel;
}

/** Pings a connection, first at a random time, so that clients that connected together do not ping together. */
export function startHeartbeat(
  { clock, random, pingMs, cursorsOn }: HeartbeatOptions,
  link: Connection,
): Heartbeat {
  // A device that slept has let the time pass without its timers: an old question counts for nothing.
  let dueUntil = 0;
  let cancel = clock.after(random() * pingMs, () => ping());

  const ping = (): void => {
    cancel();
    cancel = clock.after(pingMs, ping);
    dueUntil = clock.now() + PONG_TIMEOUT_MS;
    link.request(
      { action: 'ping', rooms: cursorsOn(link) as Record<string, number> },
      PONG_TIMEOUT_MS,
      (reply) => {
        dueUntil = 0;
        if (!reply) link.close('noAnswer');
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
