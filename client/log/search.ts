import type { Failure, Page } from '../../lib/protocol';
import type { Job } from './reader';

export interface SearchEvents {
  isNeeded(): boolean;
  take(page: Page): void;
  refused(failure: Failure): void;
  /** Every entry above `after` up to `end` was read, and nothing was missing. */
  whole(end: number): void;
  /** A part of the log is gone, so what was looked for may have been in it. */
  missing(): void;
}

/**
 * Reads every entry above `after`, to find whether the send with this `id` is among them. Who takes the pages
 * recognizes it, unless it was erased.
 */
export function search(after: number, id: string, events: SearchEvents): Job {
  let from = after;
  return {
    isNeeded: events.isNeeded,
    from: () => ({ after: from }),
    refused: events.refused,
    take(page) {
      const start = from;
      const isUnbroken = page.messages.every((entry) => entry.seq === ++from);
      const isMissing = page.truncated || page.reset || !isUnbroken || (page.more && from === start);
      const isErased = page.messages.some((entry) => entry.type === 'erased' && entry.id === id);
      events.take(page);
      if (!events.isNeeded()) return 'done';
      if (isMissing || isErased) events.missing();
      else if (page.more) return 'more';
      else events.whole(from);
      return 'done';
    },
  };
}
