import type { History, MessageEntry } from '../../lib/protocol';
import { backoff } from '../backoff';
import { type Core, isMessage, isPermanent, REPLY_MS, waitAsked } from '../core';
import { ChatError } from '../errors';
import type { Desk } from '../log/reader';
import type { Timeline } from './timeline';

const MOST_ATTEMPTS = 5;

export interface HistoryEvents {
  /** A message of the past: it may be one of our own sends. */
  met(message: MessageEntry): void;
  changed(): void;
}

/** Goes back in a room's history, one page at a time; calls at the same time share a page. */
export function createHistory(core: Core, room: Desk, timeline: Timeline, events: HistoryEvents) {
  let running: Promise<boolean> | undefined;

  const take = (page: History, before: number): void => {
    for (const entry of page.messages) if (isMessage(entry)) events.met(entry);
    if (timeline.oldest() !== before) return;
    const entries = page.messages.filter((entry) => entry.seq < before);
    const isNext = entries.every((entry, i) => entry.seq === before - entries.length + i);
    if (isNext) timeline.prepend(entries);
    timeline.hasOlder = isNext && entries.length > 0 && page.more;
    timeline.olderExpired = !timeline.hasOlder && page.truncated === true;
    events.changed();
  };

  const ask = (attempt: number, resolve: (more: boolean) => void, reject: (error: ChatError) => void) => {
    const before = timeline.oldest();
    const link = room.link();
    if (!timeline.hasOlder || before === undefined) return resolve(false);
    if (!link) return reject(new ChatError('notJoined', 'Join the room, and wait for the connection.'));
    link.request({ action: 'getHistory', room: room.name, before }, REPLY_MS, (reply) => {
      if (reply?.type === 'history') {
        take(reply, before);
        return resolve(timeline.hasOlder);
      }
      const failure = reply?.type === 'error' ? reply : undefined;
      if (failure && isPermanent(failure)) return reject(new ChatError(failure.code, failure.message));
      if (attempt === MOST_ATTEMPTS) return reject(new ChatError('timeout', 'Older messages did not come.'));
      if (failure?.code === 'notMember') room.evicted(link);
      if (failure?.code === 'expired') core.expired(link);
      const wait = (failure ? waitAsked(failure) : 0) + backoff(attempt, core.random);
      core.clock.after(wait, () => ask(attempt + 1, resolve, reject));
    });
  };

  return {
    loadOlder(): Promise<boolean> {
      running ??= new Promise<boolean>((resolve, reject) => ask(1, resolve, reject)).finally(() => {
        running = undefined;
      });
      return running;
    },
  };
}
