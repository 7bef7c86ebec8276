import type { ChatError } from '../common/errors';
import type { ReadJob } from '../timeline/historyReader';
import { outcomeUnknown, type PendingMessage } from './pendingMessage';
import type { RoomContext } from './roomContext';

/** What the search asks and reports. */
export interface ResolveOptions {
  /** The message is still unresolved. */
  isNeeded(): boolean;
  /** The log from the message's `after` up to this seq does not hold the message. */
  onNotFound(end: number): void;
  /** The log cannot tell. */
  onUnresolvable(error: ChatError): void;
}

/**
 * Reads every entry above a message's `after`, to find whether the message is in the log. The room log recognizes the
 * message in the pages, which ends this search. It does not recognize an erased message.
 */
export function resolveUnknownSend(
  room: RoomContext,
  { record: { id, after = 0 } }: PendingMessage,
  { isNeeded, onNotFound, onUnresolvable }: ResolveOptions,
): ReadJob {
  let end = after;
  return {
    nextPosition: () => (isNeeded() ? { after: end } : undefined),
    onRefused(error) {
      if (isNeeded()) onUnresolvable(error);
    },
    onPage(page) {
      const { messages, more, truncated, reset } = page;
      room.log().onPage(page);
      if (!isNeeded()) return false;
      const isUnbroken = messages.every((entry) => entry.seq === ++end);
      const isErased = messages.some((entry) => 'id' in entry && entry.id === id);
      if (!isUnbroken || isErased || truncated || reset || (more && messages.length === 0))
        onUnresolvable(outcomeUnknown());
      else if (more) return true;
      else onNotFound(end);
      return false;
    },
  };
}
