import { createVirtualClock, type VirtualClock as SimulationClock } from '../../simulation/clock';

/** Virtual time: nothing happens but what is due, in order. */
export interface VirtualClock extends Pick<SimulationClock, 'now' | 'after' | 'sleep' | 'pending'> {
  /** Lets time pass, timer by timer, with a turn for promises after each. */
  pass(ms: number): Promise<void>;
}

export function createClock(start = 1_700_000_000_000): VirtualClock {
  const clock = createVirtualClock(start);
  return {
    ...clock,
    async pass(ms) {
      const end = clock.now() + ms;
      await turn();
      await clock.runUntil(end);
      await turn();
    },
  };
}

/** Lets every promise that can settle do so. */
export async function turn(): Promise<void> {
  for (let i = 0; i < 16; i++) await undefined;
}
