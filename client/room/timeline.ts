import type { LogEntry, MessageEntry } from '../../lib/protocol';
import { isMessage } from '../core';
import type { Gap, RoomSnapshot } from '../types';

/** Messages are dropped from the beginning this many at a time. */
const DROPPED_AT_ONCE = 64;

/** The messages of a room that are held to be shown. */
export interface Timeline {
  show(): Pick<RoomSnapshot, 'messages' | 'gaps' | 'hasOlder' | 'olderExpired'>;
  /** The lowest seq held, whatever its type. */
  oldest(): number | undefined;
  hasOlder(): boolean;
  /** There are older messages to be had; or there were, and they have expired. */
  setOlder(hasOlder: boolean, olderExpired?: boolean): void;
  append(entry: LogEntry): void;
  prepend(entries: readonly LogEntry[]): void;
  addGap(gap: Gap): void;
  clear(): void;
}

/** Holds at most `keep` messages, and besides them as many as were asked for by going back. */
export function createTimeline(keep: number): Timeline {
  let messages: MessageEntry[];
  let gaps: Gap[];
  let oldest: number | undefined;
  let wentBack: number;
  let older: Pick<RoomSnapshot, 'hasOlder' | 'olderExpired'>;

  const setOlder: Timeline['setOlder'] = (hasOlder, olderExpired = false) => {
    older = { hasOlder, olderExpired };
  };

  const clear = (): void => {
    messages = [];
    gaps = [];
    oldest = undefined;
    wentBack = 0;
    setOlder(false);
  };

  const trim = (): void => {
    const most = keep + wentBack;
    if (messages.length < most + DROPPED_AT_ONCE) return;
    messages = messages.slice(-most);
    const first = messages[0]?.seq ?? 0;
    oldest = first;
    gaps = gaps.filter((gap) => gap.to > first);
    setOlder(true);
  };

  clear();
  return {
    show: () => ({ messages: [...messages], gaps: [...gaps], ...older }),
    oldest: () => oldest,
    hasOlder: () => older.hasOlder,
    setOlder,
    append(entry) {
      oldest ??= entry.seq;
      if (!isMessage(entry)) return;
      messages.push(entry);
      trim();
    },
    prepend(entries) {
      const brought = entries.filter(isMessage);
      messages = [...brought, ...messages];
      wentBack += brought.length;
      oldest = entries[0]?.seq ?? oldest;
    },
    addGap: (gap) => gaps.push(gap),
    clear,
  };
}
