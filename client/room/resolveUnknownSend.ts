import type { Job } from '../timeline/historyReader';
import type { FlightEvents } from './inFlightSend';
import { outcomeUnknown, type Send } from './pendingMessage';
import type { Desk } from './roomContext';

/**
 * Reads every entry above a send's `after`, to find whether it is among them. Whoever takes the pages recognizes
 * it, and needs the search no longer; unless it was erased.
 */
export function search(room: Desk, send: Send, isNeeded: () => boolean, events: FlightEvents): Job {
  const { id, after = 0 } = send.record;
  let end = after;
  return {
    from: () => (isNeeded() ? { after: end } : undefined),
    refused(error) {
      if (isNeeded()) events.refused(send, error);
    },
    take(page) {
      const { messages, more, truncated, reset } = page;
      room.log().page(page);
      if (!isNeeded()) return false;
      const isUnbroken = messages.every((entry) => entry.seq === ++end);
      const isErased = messages.some((entry) => entry.type === 'erased' && entry.id === id);
      if (!isUnbroken || isErased || truncated || reset || (more && messages.length === 0))
        events.refused(send, outcomeUnknown());
      else if (more) return true;
      else events.raised(send, end);
      return false;
    },
  };
}
