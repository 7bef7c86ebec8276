import type { Change, EntryIdentity, LogStore, StoredEntry } from '../ports/logStore';
import type { DeletedEntry, EditedEntry, LogEntry } from '../protocol';
import { settleAll } from '../util/settleAll';

/**
 * Carries a change out on its target, then takes the words from its own row. Nobody may be told of the change before.
 * To do it again changes nothing. Tells whether the target has the change's words now.
 * @throws Unavailable when the outcome is unknown.
 */
export async function completeChange(log: LogStore, room: string, change: Change): Promise<boolean> {
  const isCarriedOut = await log.carryOut(room, change);
  await log.settle(room, change.seq);
  return isCarriedOut;
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
  if (pending.length > 0) await serveEntries(log, room, await log.readRows(room, pending, EVER), EVER);
  return slots.map(({ isPending: _, ...slot }) => slot as T);
}

/** At this time nothing has expired. */
const EVER = 0;

/**
 * Makes stored entries ready to be told: completes the pending changes, then reads the targets of all changes once
 * more. A range is not read at one moment: it may hold a target before a change and the change itself.
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
  const current = new Map(read.flatMap((entry) => (entry.type === 'pending' ? [] : [[entry.seq, entry]])));
  return entries.map((entry) => {
    if (entry.type !== 'edited') return current.get(entry.seq) ?? entry;
    const target = current.get(entry.of);
    if (target?.type !== 'message') return entry;
    const { text, data, mentions, rev } = target;
    return {
      ...entry,
      text,
      ...(data !== undefined && { data }),
      ...(mentions !== undefined && { mentions }),
      ...(rev !== undefined && { rev }),
    };
  });
}

async function complete(log: LogStore, room: string, entry: StoredEntry): Promise<LogEntry> {
  if (entry.type !== 'pending') return entry;
  await completeChange(log, room, entry.change);
  return withoutWords(entry.change);
}

/** A change as every reader sees it whose target has no words. */
export function withoutWords(change: Change): EditedEntry | DeletedEntry {
  if (change.type === 'deleted') return change;
  const { text: _, data: __, mentions: ___, ...entry } = change;
  return entry;
}

function isChange(entry: LogEntry): entry is Extract<LogEntry, { of: number; id: string }> {
  return entry.type === 'edited' || entry.type === 'deleted';
}
