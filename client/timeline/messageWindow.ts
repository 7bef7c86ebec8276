import type { LogEntry, MessageEntry, Page } from '../../lib/protocol';
import { TRIM_BATCH } from '../common/constants';
import type { Gap, RoomSnapshot } from '../common/types';

/** The messages of a room that are held to be shown. */
export interface MessageWindow {
  snapshot(): Pick<RoomSnapshot, 'messages' | 'gaps' | 'hasOlder' | 'olderExpired'>;
  /** The seq before which there are older messages to be had. */
  olderThan(): number | undefined;
  /** There are older messages to be had; or there were, and they have expired. */
  setOlder(hasOlder: boolean, olderExpired?: boolean): void;
  append(entry: LogEntry): void;
  /** Takes the page that lies before a seq, unless the beginning is another one by now. */
  prepend(page: Page, before: number): void;
  addGap(gap: Gap): void;
}

/** Holds at most `keep` messages, and besides them as many as were asked for by going back. */
export function createMessageWindow(keep: number): MessageWindow {
  let messages: MessageEntry[] = [];
  let gaps: Gap[] = [];
  let oldest: number | undefined;
  let wentBack = 0;
  let older = { hasOlder: false, olderExpired: false };

  const setOlder: MessageWindow['setOlder'] = (hasOlder, olderExpired = false) => {
    older = { hasOlder, olderExpired };
  };

  const trim = (): void => {
    const most = keep + wentBack;
    if (messages.length < most + TRIM_BATCH) return;
    messages = messages.slice(-most);
    const first = messages[0]?.seq ?? 0;
    oldest = first;
    gaps = gaps.filter((gap) => gap.to > first);
    setOlder(true);
  };

  return {
    snapshot: () => ({ messages: [...messages], gaps: [...gaps], ...older }),
    olderThan: () => (older.hasOlder ? oldest : undefined),
    setOlder,
    append(entry) {
      oldest ??= entry.seq;
      if (!isMessage(entry)) return;
      messages.push(entry);
      trim();
    },
    prepend(page, before) {
      if (oldest !== before) return;
      const entries = page.messages.filter(({ seq }) => seq < before);
      const isNext = entries.every(({ seq }, i) => seq === before - entries.length + i);
      const more = isNext && entries.length > 0 && page.more;
      setOlder(more, !more && page.truncated);
      if (!isNext) return;
      const brought = entries.filter(isMessage);
      messages = [...brought, ...messages];
      wentBack += brought.length;
      oldest = entries[0]?.seq ?? oldest;
    },
    addGap: (gap) => gaps.push(gap),
  };
}

/** Tells messages from system entries. */
export function isMessage(entry: LogEntry): entry is MessageEntry {
  return entry.type === 'message';
}
