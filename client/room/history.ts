import type { MessageEntry, Page } from '../../lib/protocol';
import { type Core, isMessage } from '../core';
import { ChatError } from '../errors';
import { type Later, later } from '../later';
import type { Desk } from '../log/reader';
import type { Feed } from './feed';

/** Older messages are waited for this long, in milliseconds. */
const COMES_WITHIN_MS = 60_000;

export interface HistoryEvents {
  /** A message of the past: it may be one of our own sends. */
  met(message: MessageEntry): void;
  changed(): void;
}

/** Makes `loadOlder`: it goes back in a room's history one page at a time; calls at the same time share a page. */
export function createHistory(
  core: Core,
  room: Desk,
  { reader, timeline }: Pick<Feed, 'reader' | 'timeline'>,
  events: HistoryEvents,
): () => Promise<boolean> {
  let running: Later<boolean> | undefined;

  const take = (page: Page, before: number): void => {
    for (const entry of page.messages) if (isMessage(entry)) events.met(entry);
    if (timeline.oldest() !== before) return;
    const entries = page.messages.filter((entry) => entry.seq < before);
    const isNext = entries.every((entry, i) => entry.seq === before - entries.length + i);
    if (isNext) timeline.prepend(entries);
    const hasOlder = isNext && entries.length > 0 && page.more;
    timeline.setOlder(hasOlder, !hasOlder && page.truncated);
    events.changed();
  };

  return () => {
    const before = timeline.oldest();
    if (running) return running.promise;
    if (!timeline.hasOlder() || before === undefined) return Promise.resolve(false);
    if (!room.link())
      return Promise.reject(new ChatError('notJoined', 'Join the room, and wait for the connection.'));

    const asked = later<boolean>();
    running = asked;
    const fail = (code: ChatError['code'], message: string) => asked.reject(new ChatError(code, message));
    const late = () => fail('timeout', 'Older messages did not come.');
    const stopWaiting = core.clock.after(COMES_WITHIN_MS, late);
    reader.start({
      isNeeded: () => running === asked,
      from: () => ({ before }),
      take(page) {
        take(page, before);
        asked.resolve(timeline.hasOlder());
        return 'done';
      },
      refused: ({ code, message }) => fail(code, message),
    });
    return asked.promise.finally(() => {
      running = undefined;
      stopWaiting();
    });
  };
}
