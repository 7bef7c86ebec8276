import type { Page } from '../../lib/protocol';
import { GAP_WAIT_MS, MAX_SPREAD_MS, SPREAD_MS_PER_MEMBER, STALLED_READ_RETRY_MS } from '../common/constants';
import type { Cancel } from '../common/platform';
import type { HistoryReader, LogContext, ReadJob } from './historyReader';
import type { ReorderBuffer } from './reorderBuffer';

/** Reads missing entries, one read at a time, and only if they do not arrive by themselves. */
export interface GapFiller {
  /** Looks whether something is missing, and gives it time to come. */
  watch(): void;
  /** Reads what is missing at once. */
  now(): void;
  stop(): void;
}

/** Creates a gap filler. `take` gets each page; `reset` is true if the page is of another log. */
export function createGapFiller(
  room: LogContext,
  reorder: ReorderBuffer,
  reader: HistoryReader,
  take: (page: Page) => void,
  memberCount: () => number,
): GapFiller {
  let timer: Cancel | undefined;

  const stop = (): void => {
    timer?.();
    timer = undefined;
  };

  const watch = (ms = GAP_WAIT_MS): void => {
    const spread = Math.min(MAX_SPREAD_MS, SPREAD_MS_PER_MEMBER * memberCount());
    if (reorder.isBehind()) timer ??= room.clock.after(ms + room.random() * spread, now);
    else stop();
  };

  const now = (): void => {
    stop();
    reader.read(job);
  };

  const restart = (ms: number): void => {
    stop();
    watch(ms);
  };

  const job: ReadJob = {
    // The hole may have filled by itself.
    nextPosition: () => (reorder.isBehind() ? reorder.beginRead() : undefined),
    onPage(page) {
      const before = reorder.cursor();
      take(page);
      if (page.reset) return false;
      if (page.more && reorder.cursor() !== before) return true;
      if (!page.more) reorder.endRead();
      restart(page.more ? STALLED_READ_RETRY_MS : GAP_WAIT_MS);
      return false;
    },
    onRefused: () => restart(STALLED_READ_RETRY_MS),
  };

  return { watch, now, stop };
}
