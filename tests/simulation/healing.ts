import type { VirtualClock } from './clock';

/** How often it is looked whether everybody is whole, in milliseconds: a time to heal is right to within this. */
const LOOKS_EVERY_MS = 50;

/** Tells how long it takes from now until everybody is whole, in milliseconds; tells nothing if that never comes. */
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
