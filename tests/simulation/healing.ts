import type { VirtualClock } from './clock';

/** Interval of the checks whether every client is up to date, in milliseconds: the precision of a healing time. */
const LOOKS_EVERY_MS = 50;

/** Reports the milliseconds from now until every client is up to date, or nothing if that never happens. */
export function timeHealing(
  clock: VirtualClock,
  isWhole: () => boolean,
  healed: (tookMs: number) => void,
): void {
  const began = clock.now();
  const look = (): void => {
    if (isWhole()) healed(clock.now() - began);
    else clock.after(LOOKS_EVERY_MS, look);
  };
  look();
}
