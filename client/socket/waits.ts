import { backoff, refusedDelay } from '../backoff';
import type { ConnectingReason } from '../types';
import type { Cancel, Clock, Random } from '../world';

/** The waits between attempts to connect, one at a time. */
export interface Waits {
  /** When the wait that runs is over. */
  until(): number | undefined;
  /** Begins a wait, unless one runs; `wasIn` tells whether the door has ever let this client in. */
  begin(why: ConnectingReason, wasIn: boolean): void;
  stop(): void;
  /** The door has let the client in. */
  admitted(): void;
  /** The connection has held: the waits begin small again. */
  held(): void;
}

export function createWaits({ clock, random }: { clock: Clock; random: Random }, over: () => void): Waits {
  let running: { cancel: Cancel; until: number } | undefined;
  let attempt = 0;
  let refusals = 0;

  return {
    until: () => running?.until,
    begin(why, wasIn) {
      if (running) return;
      const wait = why === 'refused' && wasIn ? refusedDelay(++refusals, random) : backoff(attempt++, random);
      running = { cancel: clock.after(wait, over), until: clock.now() + wait };
    },
    stop() {
      running?.cancel();
      running = undefined;
    },
    admitted() {
      refusals = 0;
    },
    held() {
      attempt = 0;
    },
  };
}
