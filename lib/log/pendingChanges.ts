import {
  type Change,
  type EntryIdentity,
  type LogStore,
  type NewEntry,
  NOTHING_EXPIRED,
  type StoredEntry,
} from '../ports/logStore';
import type { DeletedEntry, EditedEntry, LogEntry, MessageEntry, ReactedEntry } from '../protocol';
import { settleAll } from '../util/settleAll';
import { othersMentioned } from './logWithMentions';

/** Tells whether an entry is written as pending: a change, and a message with files or with mentions of others. */
export function beginsPending(entry: NewEntry): boolean {
  if (entry.type === 'system') return false;
  return entry.type !== 'message' || entry.files !== undefined || othersMentioned(entry).length > 0;
}

/**
 * Applies a change to its target, then removes words and counts from the change's own row. Of a new message it lets the
 * files stay. Users who are mentioned get their notes. No client may be told of the entry before. A repeat changes nothing. Tells whether this call changed the
 * target.
 * @throws Unavailable when the outcome is unknown.
 */
export async function completeChange(
  log: LogStore,
  room: string,
  change: Change | MessageEntry,
): Promise<boolean> {
  const isApplied = await log.applyChange(room, change);
  await log.clearPending(room, change);
  return isApplied;
}

/** Reads rows' identities as the log does, after every change among them was completed. */
export async function readCompletedIdentities(
  log: LogStore,
  room: string,
  seq: number,
  limit: number,
): Promise<EntryIdentity[]> {
  return completeIdentities(log, room, await log.readIdentities(room, seq, limit));
}

/** Completes the changes among some rows. */
export async function completeIdentities<T extends EntryIdentity>(
  log: LogStore,
  room: string,
  slots: readonly T[],
): Promise<T[]> {
  const pending = slots.filter((slot) => slot.isPending).map(({ seq }) => seq);
  if (pending.length > 0)
    await serveEntries(log, room, await log.readRows(room, pending, NOTHING_EXPIRED), NOTHING_EXPIRED);
  return slots.map(({ isPending: _, ...slot }) => slot as T);
}

/**
 * Makes stored entries ready to be told: completes the pending changes, then reads the targets of all changes once
 * more. A range is not read at one moment: it may hold a target before a change and the change itself. Leaves out a
 * target that expired meanwhile.
 */
export async function serveEntries(
  log: LogStore,
  room: string,
  stored: readonly StoredEntry[],
  now: number,
): Promise<LogEntry[]> {
  const entries = await settleAll(...stored.map((entry) => complete(log, room, entry)));
  const targets = new Set(entries.flatMap((entry) => (isChange(entry) ? [entry.of] : [])));
  if (targets.size === 0) return entries;
  const read = await log.readRows(room, [...targets], now);
  const completed = await settleAll(...read.map((entry) => complete(log, room, entry)));
  const current = new Map(completed.map((entry) => [entry.seq, entry]));
  return entries
    .filter(({ seq }) => !targets.has(seq) || current.has(seq))
    .map((entry) => {
      if (entry.type !== 'edited' && entry.type !== 'reacted') return current.get(entry.seq) ?? entry;
      const target = current.get(entry.of);
      return target?.type === 'message' ? asTargetHasIt(entry, target) : entry;
    });
}

/** A change with what its target holds now: its latest words, or its latest reactions. */
function asTargetHasIt(entry: EditedEntry | ReactedEntry, target: MessageEntry): EditedEntry | ReactedEntry {
  if (entry.type === 'reacted') {
    if (!target.reactions) return entry;
    const { k, counts, users } = target.reactions;
    return { ...entry, k, counts, users };
  }
  const { text, data, mentions, rev } = target;
  return {
    ...entry,
    text,
    ...(data !== undefined && { data }),
    ...(mentions !== undefined && { mentions }),
    ...(rev !== undefined && { rev }),
  };
}

async function complete(log: LogStore, room: string, entry: StoredEntry): Promise<LogEntry> {
  if (entry.type !== 'pending') return entry;
  await completeChange(log, room, entry.change);
  return entry.change.type === 'message' ? entry.change : withoutWords(entry.change);
}

/** A change as every reader sees it whose target is gone. */
export function withoutWords(change: Change): EditedEntry | DeletedEntry | ReactedEntry {
  if (change.type === 'deleted') return change;
  if (change.type === 'reacted') {
    const { id: _, ...entry } = change;
    return { ...entry, counts: {}, users: {} };
  }
  const { text: _, data: __, mentions: ___, ...entry } = change;
  return entry;
}

function isChange(entry: LogEntry): entry is Extract<LogEntry, { of: number }> {
  return entry.type === 'edited' || entry.type === 'deleted' || entry.type === 'reacted';
}
