import type { Failure, Page } from '../../lib/protocol';
import type { OutboxRecord } from '../world';
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
 * Reads every entry above a send's `after`, to find whether it is among them. Whoever takes the pages recognizes
 * it, and needs the search no longer; unless it was erased.
 */
export function search({ id, after = 0 }: OutboxRecord, events: SearchEvents): Job {
  let end = after;
  return {
    from: () => (events.isNeeded() ? { after: end } : undefined),
    refused: events.refused,
    take(page) {
      const { messages, more, truncated, reset } = page;
      events.take(page);
      if (!events.isNeeded()) return false;
      const start = end;
      const isUnbroken = messages.every((entry) => entry.seq === ++end);
      const isErased = messages.some((entry) => entry.type === 'erased' && entry.id === id);
      if (!isUnbroken || isErased || truncated || reset || (more && end === start)) events.missing();
      else if (more) return true;
      else events.whole(end);
      return false;
    },
  };
}
