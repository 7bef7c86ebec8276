import type { Joined, LogEntry, MessageEntry, Page } from '../../lib/protocol';
import { isMessage } from '../clientContext';
import type { ChatError } from '../errors';
import type { Gap } from '../types';
import { createCatchUp } from './gapFiller';
import { createReader, type Reader, type Source } from './historyReader';
import { createTimeline, type Timeline } from './messageWindow';
import { createReorder } from './reorderBuffer';

export interface LogEvents {
  /** A message was met, new or not. */
  met(message: MessageEntry): void;
  /** The next entry of the log. */
  delivered(entry: LogEntry): void;
  gap(gap: Gap): void;
  /** A page was read and taken: the log can go on. */
  changed(): void;
  /** The server's log turned out to be another one. */
  isAnother(): void;
}

/** One room's log as it comes from whichever socket: in order, and once. Another log is another object. */
export interface Log extends Pick<Reader, 'read'> {
  readonly timeline: Timeline;
  /** Which log of the server's it is; `undefined` before the first join. */
  id(): string | undefined;
  /** `undefined` before the first join. */
  cursor(): number | undefined;
  /** Begins with the newest page, or takes one that was asked for from the cursor. */
  joined(reply: Joined, isNewest: boolean): void;
  /** Takes a page that was read upwards. */
  page(page: Page): void;
  /** Takes an entry that came by itself, or an acknowledgement. */
  entry(entry: LogEntry): void;
  /** The log is known to reach this seq. */
  reaches(head: number): void;
  /** Goes on: the room can be used, or something has come. */
  resume(): void;
  stop(reason: ChatError): void;
}

export function createLog(room: Source, events: LogEvents): Log {
  const timeline = createTimeline(room.keepMessages);
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
  const met = ({ messages }: Pick<Page, 'messages'>): void => messages.filter(isMessage).forEach(events.met);
  const reader = createReader(room, met, events.changed);
  const catchUp = createCatchUp(room, reorder, reader, take, () => memberCount);
  let id: string | undefined;
  let memberCount = 0;

  function take({ messages, more, truncated, reset }: Page): void {
    if (reset) {
      events.isAnother();
      return;
    }
    const [first] = messages;
    if (truncated && first) reorder.skipTo(first.seq - 1);
    for (const entry of messages) reorder.offer(entry);
    if (more) reorder.hear((messages.at(-1)?.seq ?? 0) + 1);
  }

  const reaches = (head: number): void => {
    reorder.hear(head);
    catchUp.now();
  };

  return {
    timeline,
    read: reader.read,
    id: () => id,
    cursor: reorder.cursor,
    joined(reply, isNewest) {
      const { messages, head } = reply;
      memberCount = reply.memberCount;
      met(reply);
      if (id === undefined) {
        id = reply.log;
        timeline.setOlder(reply.more, reply.truncated);
        reorder.start((messages[0]?.seq ?? head + 1) - 1);
      }
      take(isNewest ? { messages, more: false } : reply);
      reaches(head);
    },
    page: take,
    entry(entry) {
      met({ messages: [entry] });
      reorder.offer(entry);
    },
    reaches,
    resume() {
      reader.resume();
      catchUp.watch();
    },
    stop(reason) {
      reader.stop(reason);
      catchUp.stop();
    },
  };
}
