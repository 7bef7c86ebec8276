import type { LogEntry } from '../../lib/protocol';
import { MAX_BUFFERED_ENTRIES } from '../common/constants';
import type { Gap } from '../common/roomTypes';

/** What a reorder buffer reports. */
export interface ReorderBufferEvents {
  /** The next entry: its seq is one above the cursor before it. */
  onDelivered(entry: LogEntry): void;
  onGap(gap: Gap): void;
}

/** A room's log as this client has it: the delivered entries, the waiting ones, and the known head. */
export interface ReorderBuffer {
  /** The last seq delivered without a hole; `undefined` before `start`. */
  cursor(): number | undefined;
  /** Some of the log is known to exist and was not delivered. */
  isBehind(): boolean;
  /** Begins after a seq. */
  start(cursor: number): void;
  add(entry: LogEntry): void;
  /** Takes note that a seq exists. */
  noteSeq(seq: number): void;
  /** Goes on after `seq` although entries before it will never come. */
  skipTo(seq: number): void;
  /** A page above the cursor is asked for, which may be the last one. */
  beginRead(): { after: number };
  /** It was the last one: what was claimed before it was asked for and did not come does not exist. */
  endRead(): void;
}

/** Creates a buffer without a cursor. */
export function createReorderBuffer(events: ReorderBufferEvents): ReorderBuffer {
  const held = new Map<number, LogEntry>();
  let cursor: number | undefined;
  let head = 0;
  let claimed = 0;
  let heardSince = 0;

  const noteSeq = (seq: number): void => {
    head = Math.max(head, seq);
    heardSince = Math.max(heardSince, seq);
  };

  const hold = (entry: LogEntry): void => {
    held.set(entry.seq, entry);
    if (held.size > MAX_BUFFERED_ENTRIES) held.delete(Math.max(...held.keys()));
  };

  const advance = (): void => {
    while (cursor !== undefined) {
      const entry = held.get(cursor + 1);
      if (!entry) return;
      held.delete(entry.seq);
      cursor = entry.seq;
      events.onDelivered(entry);
    }
  };

  return {
    cursor: () => cursor,
    isBehind: () => cursor !== undefined && head > cursor,
    start(seq) {
      cursor = seq;
      for (const known of held.keys()) if (known <= seq) held.delete(known);
      advance();
    },
    add(entry) {
      noteSeq(entry.seq);
      if (cursor !== undefined && entry.seq <= cursor) return;
      hold(entry);
      advance();
    },
    noteSeq,
    skipTo(seq) {
      while (cursor !== undefined && cursor < seq) {
        const from = cursor + 1;
        const known = Math.min(seq + 1, ...held.keys());
        if (known > from) {
          cursor = known - 1;
          events.onGap({ from, to: cursor });
        }
        advance();
      }
      noteSeq(cursor ?? 0);
    },
    beginRead() {
      claimed = head;
      heardSince = 0;
      return { after: cursor ?? 0 };
    },
    endRead() {
      if (cursor === undefined || cursor >= claimed) return;
      head = Math.max(cursor, heardSince);
      for (const known of held.keys()) if (known > head) held.delete(known);
    },
  };
}
