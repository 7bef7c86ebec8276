import type { Rooms } from '../rooms';
import type { Cancel, Clock, Random } from '../world';
import type { Link } from './link';

/** A socket that does not answer a ping within this, in milliseconds, is dead. */
const ANSWERS_WITHIN_MS = 10_000;

export interface PulseEvents {
  rooms: Pick<Rooms, 'cursorsOn' | 'pong'>;
  /** The server no longer takes this connection's token. */
  expired(link: Link): void;
}

/** Keeps asking one link whether it lives. */
export interface Pulse {
  /** Asks now, unless an answer is due already. */
  probe(): void;
  stop: Cancel;
}

/** Pings a link, first at a random time: those who connected at once do not ping at once. */
export function startPulse(
  { clock, random }: { clock: Clock; random: Random },
  link: Link,
  everyMs: number,
  { rooms, expired }: PulseEvents,
): Pulse {
  let askedAt: number | undefined;
  let cancel = clock.after(random() * everyMs, () => ping());

  // A device that slept has let the time pass without its timers: an old question counts for nothing.
  const isDue = (): boolean => askedAt !== undefined && clock.now() - askedAt < ANSWERS_WITHIN_MS;

  const ping = (): void => {
    cancel();
    cancel = clock.after(everyMs, ping);
    const asked = clock.now();
    askedAt = asked;
    link.request({ action: 'ping', rooms: rooms.cursorsOn(link) }, ANSWERS_WITHIN_MS, (reply) => {
      if (askedAt === asked) askedAt = undefined;
      if (!reply) link.close('noAnswer');
      else if (reply.type === 'pong') rooms.pong(link, reply);
      else if (reply.type === 'error' && reply.code === 'expired') expired(link);
    });
  };

  return {
    probe: () => {
      if (!isDue()) ping();
    },
    stop: () => cancel(),
  };
}
