import type { LogEntry } from '../../lib/protocol';
import { MAX_KEPT_CHANGES, TRIM_BATCH } from '../common/constants';
import type { Gap, MessageView, RoomSnapshot } from '../common/roomTypes';
import { type ChangeEntry, foldChange, isChange, messageOf } from './foldChange';

/** The messages of a room that are held to be shown. */
export interface MessageWindow {
  snapshot(): Pick<RoomSnapshot, 'messages' | 'gaps' | 'hasOlder' | 'olderExpired'>;
  /** A message that is held, as it stands now. */
  find(seq: number): MessageView | undefined;
  findById(id: string): MessageView | undefined;
  /** The seq before which there are older messages to be had. */
  olderThan(): number | undefined;
  /** There are older messages to be had; or there were, and they have expired. */
  setOlder(hasOlder: boolean, olderExpired?: boolean): void;
  append(entry: LogEntry): void;
  /** Adds the entries just before the first one, as `prependPage` found them. */
  prepend(entries: readonly LogEntry[]): void;
  /** Drops everything below the gap: its changes cannot be known. */
  addGap(gap: Gap): void;
}

/** Holds at most `keep` messages, and besides them as many as were asked for by going back. */
export function createMessageWindow(keep: number): MessageWindow {
  let messages: MessageView[] = [];
  let gaps: Gap[] = [];
  let oldest: number | undefined;
  let wentBack = 0;
  let older = { hasOlder: false, olderExpired: false };
  /** Changes of messages that are not held: a page that was read before them may bring their messages later. */
  let kept: ChangeEntry[] = [];

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

  const indexOf = (seq: number): number => {
    let low = 0;
    for (let high = messages.length; low < high; ) {
      const middle = (low + high) >> 1;
      if ((messages[middle]?.seq ?? 0) < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  const find = (seq: number): MessageView | undefined => {
    const message = messages[indexOf(seq)];
    return message?.seq === seq ? message : undefined;
  };

  const apply = (change: ChangeEntry): void => {
    const at = indexOf(change.of);
    const target = messages[at];
    if (target?.seq === change.of) messages[at] = foldChange(target, change);
    else if (change.of < (oldest ?? 0)) kept = [...kept, change].slice(-MAX_KEPT_CHANGES);
  };

  return {
    snapshot: () => ({ messages: [...messages], gaps: [...gaps], ...older }),
    find,
    findById: (id) => messages.find((message) => message.id === id),
    olderThan: () => (older.hasOlder ? oldest : undefined),
    setOlder,
    append(entry) {
      oldest ??= entry.seq;
      const message = messageOf(entry);
      if (message) messages.push(message);
      if (isChange(entry)) apply(entry);
      trim();
    },
    prepend(entries) {
      const brought = entries.flatMap((entry) => messageOf(entry) ?? []);
      messages = [...brought, ...messages];
      wentBack += brought.length;
      oldest = entries[0]?.seq ?? oldest;
      const changes = [...kept, ...entries.filter(isChange)];
      kept = [];
      changes.forEach(apply);
    },
    addGap(gap) {
      messages = [];
      kept = [];
      gaps = [gap];
      oldest = gap.to + 1;
      setOlder(false, true);
    },
  };
}
