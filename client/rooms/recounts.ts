import type { Clock } from '../common/platform';

/** A recount waits so long after a count has become uncertain, in milliseconds. */
const FIRST_MS = 1_000;

/** The longest wait, in milliseconds: others can make counts uncertain as often as they write. */
const LONGEST_MS = 30_000;

/** Counts again after a wait, which doubles with each recount that comes soon after another. */
export interface Recounts {
  soon(): void;
  stop(): void;
}

/** Calls `recount`, which must not reject, once for all that asked for it during the wait, and never twice at once. */
export function createRecounts(clock: Clock, recount: () => Promise<void>): Recounts {
  let cancel: (() => void) | undefined;
  let wait = FIRST_MS;
  let lastAt = Number.NEGATIVE_INFINITY;
  let isUnderWay = false;
  let isWanted = false;

  const soon = (): void => {
    if (isUnderWay) isWanted = true;
    else cancel ??= clock.after(nextWait(), run);
  };

  const nextWait = (): number => {
    const now = clock.now();
    wait = now - lastAt > LONGEST_MS ? FIRST_MS : Math.min(2 * wait, LONGEST_MS);
    return wait;
  };

  const run = async (): Promise<void> => {
    cancel = undefined;
    isUnderWay = true;
    isWanted = false;
    await recount();
    isUnderWay = false;
    lastAt = clock.now();
    if (isWanted) soon();
  };

  return { soon, stop: () => cancel?.() };
}
