import type {
  DeletedEntry,
  EditedEntry,
  LogEntry,
  MessageEntry,
  ReactedEntry,
  TombstoneEntry,
} from '../../lib/protocol';
import type { MessageView } from '../common/roomTypes';

/** An entry that changes a message below it. */
export type ChangeEntry = EditedEntry | DeletedEntry | ReactedEntry;

/** Whether an entry changes a message. */
export function isChange(entry: LogEntry): entry is ChangeEntry {
  return 'of' in entry;
}

/** The message of an entry as the server has it; `undefined` for an entry that is none. */
export function messageOf(entry: LogEntry): MessageView | undefined {
  if (entry.type === 'tombstone') return tombstone(entry, entry.deleted, entry.by);
  return entry.type === 'message' ? entry : undefined;
}

/**
 * Applies a change to its message. Changes may come in any order, and more than once: the highest `rev` gives the words,
 * the lowest `deleted` the deletion, and the highest (k, seq) the reactions. A change without effect returns the message.
 */
export function foldChange(message: MessageView, change: ChangeEntry): MessageView {
  const { deleted, rev: known = 0, reactions } = message;
  const { seq } = change;
  if (change.type === 'deleted') {
    return seq < (deleted?.seq ?? Infinity) ? tombstone(message, seq, change.by) : message;
  }
  if (deleted) return message;
  if (change.type === 'reacted') {
    const { k, counts, users } = change;
    if (reactions && (reactions.k - k || reactions.seq - seq) >= 0) return message;
    return { ...message, reactions: { ...reactions, k, seq, counts, users } };
  }
  // An edit without words: the message is gone, for a reason that another entry may tell.
  const { rev = seq, text, data, mentions, at } = change;
  if (text === undefined) return tombstone(message);
  if (rev < known || (rev === known && rev !== seq)) return message;
  return { ...message, text, data, mentions, rev, editedAt: at };
}

function tombstone(
  { seq, id, from, at }: MessageEntry | TombstoneEntry,
  deleted?: number,
  by?: DeletedEntry['by'],
): MessageView {
  return { type: 'message', seq, id, from, at, text: '', deleted: { seq: deleted, by } };
}
