import type { History, Joined, LogEntry, Page } from '../../lib/protocol';
import { MAX_BUFFERED_ENTRIES } from '../common/constants';
import type { ChatError } from '../common/errors';
import type { Gap } from '../common/roomTypes';
import { createGapFiller } from './gapFiller';
import { createHistoryReader, type HistoryReader, type LogContext } from './historyReader';
import { createMessageWindow, type MessageWindow } from './messageWindow';
import { createReorderBuffer } from './reorderBuffer';

/** What a room log reports. */
export interface RoomLogEvents {
  /** An entry was met, new or not. */
  onEntry(entry: LogEntry): void;
  /** The next entry of the log; `live` if it was written after the first join. */
  onDelivered(entry: LogEntry, live: boolean): void;
  onGap(gap: Gap): void;
  /** A page was read and taken: the log can go on. */
  onChange(): void;
  /** The server's log turned out to be another one. */
  onReplaced(): void;
}

/** A room's log from any connection, in order and once. Another log is another object. */
export interface RoomLog extends Pick<HistoryReader, 'read'> {
  readonly window: MessageWindow;
  /** Which log of the server's it is; `undefined` before the first join. */
  id(): string | undefined;
  /** `undefined` before the first join. */
  cursor(): number | undefined;
  /** Starts after a seq of an earlier run, unless the log has started. */
  startAfter(seq: number, logId: string | undefined): void;
  /** Begins with the newest page, or takes one that was asked for from the cursor. */
  onJoined(reply: Joined, isNewest: boolean): void;
  /** Takes a page that was read upwards. */
  onPage(page: Page): void;
  /** Takes an entry of a log that came by itself, or an acknowledgement. Before the first join it is kept. */
  onEntry(entry: LogEntry, logId?: string): void;
  /** The log is known to reach this seq. */
  noteHead(head: number): void;
  /** Goes on: the room can be used, or something has come. */
  resume(): void;
  stop(reason: ChatError): void;
}

/** Creates a room log without a cursor. */
export function createRoomLog(room: LogContext, events: RoomLogEvents): RoomLog {
  const window = createMessageWindow(room.keepMessages);
  const reorder = createReorderBuffer({
    onDelivered(entry) {
      window.append(entry);
      events.onDelivered(entry, entry.seq > historyEnd);
    },
    onGap(gap) {
      window.addGap(gap);
      events.onGap(gap);
    },
  });
  const met = ({ messages }: Pick<Page, 'messages'>): void => messages.forEach(events.onEntry);
  const accepts = (page: History): boolean => {
    const isOwn = (page.log ?? id) === id;
    if (isOwn) met(page);
    else events.onReplaced();
    return isOwn;
  };
  const reader = createHistoryReader(room, accepts, events.onChange);
  const gapFiller = createGapFiller(room, reorder, reader, take, () => memberCount);
  let id: string | undefined;
  let isJoined = false;
  /** Entries that came before the first join told which log this is. */
  const early: { entry: LogEntry; logId: string | undefined }[] = [];
  /** The head of the log at the first join. */
  let historyEnd = 0;
  let memberCount = 0;

  function take({ messages, more, truncated, reset }: Page): void {
    if (reset) {
      events.onReplaced();
      return;
    }
    const [first] = messages;
    if (truncated && first) reorder.skipTo(first.seq - 1);
    for (const entry of messages) reorder.add(entry);
    if (more) reorder.noteSeq((messages.at(-1)?.seq ?? 0) + 1);
  }

  const onEntry = (entry: LogEntry): void => {
    events.onEntry(entry);
    reorder.add(entry);
  };

  const noteHead = (head: number): void => {
    reorder.noteSeq(head);
    gapFiller.now();
  };

  return {
    window,
    read: reader.read,
    id: () => id,
    cursor: reorder.cursor,
    startAfter(seq, logId) {
      if (reorder.cursor() !== undefined) return;
      id = logId;
      window.setOlder(seq > 0);
      reorder.start(seq);
    },
    onJoined(reply, isNewest) {
      const { messages, head } = reply;
      memberCount = reply.memberCount;
      met(reply);
      if (!isJoined) {
        isJoined = true;
        id = reply.log;
        historyEnd = head;
        if (isNewest) {
          window.setOlder(reply.more, reply.truncated);
          reorder.start((messages[0]?.seq ?? head + 1) - 1);
        }
      }
      take(isNewest ? { messages, more: false } : reply);
      for (const { entry, logId } of early.splice(0)) if (logId === undefined || logId === id) onEntry(entry);
      noteHead(head);
    },
    onPage: take,
    onEntry(entry, logId) {
      if (isJoined) onEntry(entry);
      else if (early.length < MAX_BUFFERED_ENTRIES) early.push({ entry, logId });
    },
    noteHead,
    resume() {
      reader.resume();
      gapFiller.watch();
    },
    stop(reason) {
      reader.stop(reason);
      gapFiller.stop();
    },
  };
}
