import type { Joined, LogEntry, MessageEntry, Page } from '../../lib/protocol';
import { type Core, isMessage } from '../core';
import { createCatchUp } from '../log/catchUp';
import { createReader, type Desk, type Reader } from '../log/reader';
import { createReorder } from '../log/reorder';
import type { Gap } from '../types';
import type { Position } from './membership';
import { createTimeline, type Timeline } from './timeline';

export interface FeedEvents {
  memberCount(): number;
  /** A message was met, new or not. */
  met(message: MessageEntry): void;
  /** The next entry of the log. */
  delivered(entry: LogEntry): void;
  gap(gap: Gap): void;
  /** The log turned out to be another one: what was known of it is dropped. */
  dropped(): void;
  /** The newest page is needed. */
  again(): void;
}

/** Everything that comes of one room's log, from whichever socket, in order and once. */
export interface Feed {
  readonly timeline: Timeline;
  readonly reader: Reader;
  position(): Position & { log: string | undefined };
  joined(reply: Joined, asked: Position): 'taken' | 'again';
  /** Takes entries that were read upwards. */
  page(page: Page): void;
  /** Takes an entry that came by itself, or an acknowledgement. */
  entry(entry: LogEntry): void;
  /** The log is known to reach this seq. */
  reaches(head: number): void;
  logIs(log: string): void;
  /** The room can be used again. */
  resume(): void;
  close(): void;
}

export function createFeed(core: Core, room: Desk, events: FeedEvents): Feed {
  const timeline = createTimeline(core.keepMessages);
  const reorder = createReorder({
    deliver(entry) {
      timeline.append(entry);
      events.delivered(entry);
    },
    gap(gap) {
      timeline.addGap(gap);
      events.gap(gap);
    },
  });
  const reader = createReader(core, room);
  const catchUp = createCatchUp(core, reorder, reader, { memberCount: events.memberCount, take, reset });
  let log: string | undefined;
  let epoch = 0;

  function drop(): void {
    epoch++;
    log = undefined;
    reader.clear();
    catchUp.clear();
    reorder.clear();
    timeline.clear();
    events.dropped();
  }

  function reset(): void {
    drop();
    events.again();
  }

  function take(page: Page): void {
    const cursor = reorder.cursor();
    const first = page.messages[0];
    for (const entry of page.messages) if (isMessage(entry)) events.met(entry);
    if (page.truncated && first && cursor !== undefined && first.seq > cursor + 1)
      reorder.skipTo(first.seq - 1);
    for (const entry of page.messages) reorder.offer(entry);
    if (page.more) reorder.hear((page.messages.at(-1)?.seq ?? 0) + 1);
  }

  /** Begins with the newest page. */
  function begin(page: Page & { head: number }): void {
    timeline.setOlder(page.more, page.truncated);
    reorder.start((page.messages[0]?.seq ?? page.head + 1) - 1);
    take({ messages: page.messages, more: false });
  }

  return {
    timeline,
    reader,
    position: () => ({ cursor: reorder.cursor(), epoch, log }),

    joined(reply, asked) {
      const isStale = asked.epoch !== epoch;
      if (!isStale && log !== undefined && (reply.log !== log || reply.reset)) drop();
      const isNewest = asked.cursor === undefined || reply.reset === true;
      if (reorder.cursor() === undefined) {
        if (!isNewest) return 'again';
        log = reply.log;
        begin(reply);
      } else if (isStale) {
        return 'taken';
      } else if (!isNewest) {
        take(reply);
      }
      reorder.hear(reply.head);
      catchUp.now();
      return 'taken';
    },

    page(page) {
      if (page.reset) {
        reset();
        return;
      }
      take(page);
      catchUp.watch();
    },

    entry(entry) {
      if (isMessage(entry)) events.met(entry);
      reorder.offer(entry);
      catchUp.watch();
    },

    reaches(head) {
      reorder.hear(head);
      catchUp.now();
    },

    logIs(name) {
      if (log !== undefined && name !== log) reset();
    },

    resume() {
      reader.resume();
      catchUp.watch();
    },

    close() {
      reader.clear();
      catchUp.clear();
    },
  };
}
