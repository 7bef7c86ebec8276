import type { Page } from '../../lib/protocol';
import { HOLE_MS, MOST_SPREAD_MS, SPREAD_MS_A_MEMBER, STALLED_MS } from '../constants';
import type { Cancel } from '../platform/platform';
import type { Job, Reader, Source } from './historyReader';
import type { Reorder } from './reorderBuffer';

/** Sees to it that what is missing is read: one read at a time, and only if it does not come by itself. */
export interface CatchUp {
  /** Looks whether something is missing, and gives it time to come. */
  watch(): void;
  /** Reads what is missing at once. */
  now(): void;
  stop(): void;
}

/** Makes one; `take` takes a page that was read upwards, of which `reset` says that the log is another one. */
export function createCatchUp(
  room: Source,
  reorder: Reorder,
  reader: Reader,
  take: (page: Page) => void,
  memberCount: () => number,
): CatchUp {
  let timer: Cancel | undefined;

  const stop = (): void => {
    timer?.();
    timer = undefined;
  };

  const watch = (ms = HOLE_MS): void => {
    const spread = Math.min(MOST_SPREAD_MS, SPREAD_MS_A_MEMBER * memberCount());
    if (reorder.isBehind()) timer ??= room.clock.after(ms + room.random() * spread, now);
    else stop();
  };

  const now = (): void => {
    stop();
    reader.read(job);
  };

  const watchAnew = (ms: number): void => {
    stop();
    watch(ms);
  };

  const job: Job = {
    // The hole may have filled by itself.
    from: () => (reorder.isBehind() ? reorder.beginRead() : undefined),
    take(page) {
      const before = reorder.cursor();
      take(page);
      if (page.reset) return false;
      if (page.more && reorder.cursor() !== before) return true;
      if (!page.more) reorder.endRead();
      watchAnew(page.more ? STALLED_MS : HOLE_MS);
      return false;
    },
    refused: () => watchAnew(STALLED_MS),
  };

  return { watch: () => watch(), now, stop };
}
