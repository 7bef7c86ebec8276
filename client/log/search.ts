import type { Failure, Page } from '../../lib/protocol';
import type { Send } from '../room/send';
import type { Job } from './reader';

export interface SearchEvents {
  page(page: Page): void;
  refused(send: Send, failure: Failure): void;
  /** The part of the log that could hold the send is gone. */
  lost(send: Send): void;
  /** The log from the send's `after` up to `end` does not hold it. */
  raised(send: Send, end: number): void;
}

/**
 * Reads every entry above a send's `after`, to find whether it is among them. Whoever takes the pages recognizes
 * it, and needs the search no longer; unless it was erased.
 */
export function search(send: Send, isNeeded: () => boolean, events: SearchEvents): Job {
  const { id, after = 0 } = send.record;
  let end = after;
  return {
    from: () => (isNeeded() ? { after: end } : undefined),
    refused: (failure) => events.refused(send, failure),
    take(page) {
      const { messages, more, truncated, reset } = page;
      events.page(page);
      if (!isNeeded()) return false;
      const start = end;
      const isUnbroken = messages.every((entry) => entry.seq === ++end);
      const isErased = messages.some((entry) => entry.type === 'erased' && entry.id === id);
      if (!isUnbroken || isErased || truncated || reset || (more && end === start)) events.lost(send);
      else if (more) return true;
      else events.raised(send, end);
      return false;
    },
  };
}
