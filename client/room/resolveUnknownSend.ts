import type { ChatError } from '../common/errors';
import type { ReadJob } from '../timeline/historyReader';
import { outcomeUnknown, type PendingMessage } from './pendingMessage';
import type { RoomContext } from './roomContext';

/** What the search reports. */
export interface ResolveEvents {
  /** The log from the message's `after` up to `end` does not hold it. */
  onNotFound(message: PendingMessage, end: number): void;
  /** The server refused the message for good, or its outcome is unknown: the user decides. */
  onRefused(message: PendingMessage, error: ChatError): void;
}

/**
 * Reads every entry above a message's `after`, to find whether the message is in the log. The room log recognizes the
 * message in the pages, which ends this search: it is not needed any more. It does not recognize an erased message.
 */
export function resolveUnknownSend(
  room: RoomContext,
  message: PendingMessage,
  isNeeded: () => boolean,
  { onNotFound, onRefused }: ResolveEvents,
): ReadJob {
  const { id, after = 0 } = message.record;
  let end = after;
  return {
    nextPosition: () => (isNeeded() ? { after: end } : undefined),
    onRefused(error) {
      if (isNeeded()) onRefused(message, error);
    },
    onPage(page) {
      const { messages, more, truncated, reset } = page;
      room.log().onPage(page);
      if (!isNeeded()) return false;
      const isUnbroken = messages.every((entry) => entry.seq === ++end);
      const isErased = messages.some((entry) => 'id' in entry && entry.id === id);
      if (!isUnbroken || isErased || truncated || reset || (more && messages.length === 0))
        onRefused(message, outcomeUnknown());
      else if (more) return true;
      else onNotFound(message, end);
      return false;
    },
  };
}
