import type { LogEntry, MessageEntry } from '../../lib/protocol';
import { isMessage } from '../core';
import type { Gap } from '../types';

/** Messages are dropped from the beginning this many at a time. */
const DROPPED_AT_ONCE = 64;

/** The messages of a room that are held to be shown. */
export interface Timeline {
  readonly messages: readonly MessageEntry[];
  readonly gaps: readonly Gap[];
  /** The lowest seq held, whatever its type. */
  oldest(): number | undefined;
  hasOlder: boolean;
  olderExpired: boolean;
  append(entry: LogEntry): void;
  prepend(entries: readonly LogEntry[]): void;
  addGap(gap: Gap): void;
  clear(): void;
}

/** Holds at most `keep` messages, and besides them as many as were asked for by going back. */
export function createTimeline(keep: number): Timeline {
  let messages: MessageEntry[] = [];
  let gaps: Gap[] = [];
  let oldest: number | undefined;
  let wentBack = 0;

  const trim = (): void => {
    const most = keep + wentBack;
    if (messages.length < most + DROPPED_AT_ONCE) return;
    messages = messages.slice(-most);
    oldest = messages[0]?.seq;
    gaps = gaps.filter((gap) => gap.to > (oldest ?? 0));
    timeline.hasOlder = true;
    timeline.olderExpired = false;
  };

  const timeline: Timeline = {
    get messages() {
      return messages;
    },
    get gaps() {
      return gaps;
    },
    oldest: () => oldest,
    hasOlder: false,
    olderExpired: false,
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
    addGap(gap) {
      gaps.push(gap);
    },
    clear() {
      messages = [];
      gaps = [];
      oldest = undefined;
      wentBack = 0;
      timeline.hasOlder = false;
      timeline.olderExpired = false;
    },
  };
  return timeline;
}
