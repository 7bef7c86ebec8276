import type { Page } from '../../lib/protocol';
import type { Core } from '../core';
import type { Cancel } from '../world';
import type { Reader } from './reader';
import type { Reorder } from './reorder';

/** A missing entry is given this long to come by itself, in milliseconds. */
const HOLE_MS = 250;
/** The random part of that wait, in milliseconds for each member and at most: not all may ask at once. */
const SPREAD_MS_A_MEMBER = 5;
const MOST_SPREAD_MS = 5_000;
/** A read that brought nothing although there is more is tried again after this, in milliseconds. */
const STALLED_MS = 5_000;

export interface CatchUpEvents {
  memberCount(): number;
  /** Takes a page that was read upwards. */
  take(page: Page): void;
  /** The cursor lies above the head: the log is another one. */
  reset(): void;
}

/** Sees to it that what is missing is read: one read at a time, and only if it does not come by itself. */
export interface CatchUp {
  /** Looks whether something is missing, and gives it time to come. */
  watch(): void;
  /** Reads what is missing at once. */
  now(): void;
  clear(): void;
}

export function createCatchUp(core: Core, reorder: Reorder, reader: Reader, events: CatchUpEvents): CatchUp {
  let isReading = false;
  let timer: Cancel | undefined;

  const stopTimer = (): void => {
    timer?.();
    timer = undefined;
  };

  const watch = (ms = HOLE_MS): void => {
    if (!reorder.isBehind()) stopTimer();
    if (!reorder.isBehind() || isReading || timer) return;
    const spread = Math.min(MOST_SPREAD_MS, SPREAD_MS_A_MEMBER * events.memberCount());
    timer = core.clock.after(ms + core.random() * spread, () => {
      timer = undefined;
      now();
    });
  };

  const now = (): void => {
    stopTimer();
    if (isReading || !reorder.isBehind()) return;
    isReading = true;
    reorder.beginRead();
    reader.start({
      isNeeded,
      from: () => ({ after: reorder.cursor() ?? 0 }),
      take,
      refused: () => end(STALLED_MS),
    });
  };

  // The hole may fill by itself while the read waits for its turn.
  const isNeeded = (): boolean => {
    if (!reorder.isBehind()) isReading = false;
    return isReading;
  };

  const end = (waitMs: number): 'done' => {
    isReading = false;
    watch(waitMs);
    return 'done';
  };

  const take = (page: Page): 'more' | 'done' => {
    if (page.reset) {
      isReading = false;
      events.reset();
      return 'done';
    }
    const before = reorder.cursor();
    events.take(page);
    if (page.more) return reorder.cursor() === before ? end(STALLED_MS) : 'more';
    reorder.endRead();
    return end(HOLE_MS);
  };

  return {
    watch: () => watch(),
    now,
    clear() {
      isReading = false;
      stopTimer();
    },
  };
}
