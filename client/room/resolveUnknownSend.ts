import type { ReadJob } from '../timeline/historyReader';
import type { InFlightSendEvents } from './inFlightSend';
import { outcomeUnknown, type PendingMessage } from './pendingMessage';
import type { RoomContext } from './roomContext';

/**
 * Reads every entry above a send's `after`, to find whether it is among them. Whoever takes the pages recognizes
 * it, and needs the search no longer; unless it was erased.
 */
export function resolveUnknownSend(
  room: RoomContext,
  send: PendingMessage,
  isNeeded: () => boolean,
  events: InFlightSendEvents,
): ReadJob {
  const { id, after = 0 } = send.record;
  let end = after;
  return {
    nextPosition: () => (isNeeded() ? { after: end } : undefined),
    onRefused(error) {
      if (isNeeded()) events.onRefused(send, error);
    },
    onPage(page) {
      const { messages, more, truncated, reset } = page;
      room.log().onPage(page);
      if (!isNeeded()) return false;
      const isUnbroken = messages.every((entry) => entry.seq === ++end);
      const isErased = messages.some((entry) => entry.type === 'erased' && entry.id === id);
      if (!isUnbroken || isErased || truncated || reset || (more && messages.length === 0))
        events.onRefused(send, outcomeUnknown());
      else if (more) return true;
      else events.onNotFound(send, end);
      return false;
    },
  };
}
