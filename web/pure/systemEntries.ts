import type { ErasedEntry, ServerMessage, SystemEntry } from '../../lib/protocol';

/** An entry of a room's log that is a line of its own on the page: a removed user, or an erased message. */
export type SystemOrErased = SystemEntry | ErasedEntry;

/** How many of the newest such entries the page keeps. */
export const MAX_SYSTEM_ENTRIES = 500;

/** Adds the system and erased entries of a frame, in order and each once. Returns the same list if there is none. */
export function addSystemEntries(
  entries: readonly SystemOrErased[],
  frame: ServerMessage,
): readonly SystemOrErased[] {
  const told = entriesOf(frame).filter(isSystemOrErased);
  if (told.length === 0) return entries;
  const known = new Set(entries.map(({ seq }) => seq));
  const found = told.filter(({ seq }) => !known.has(seq));
  if (found.length === 0) return entries;
  return [...entries, ...found].sort((a, b) => a.seq - b.seq).slice(-MAX_SYSTEM_ENTRIES);
}

/** Gives the entries that stand among the messages of a part of the log. */
export function entriesWithin(
  entries: readonly SystemOrErased[],
  messages: readonly { seq: number }[],
  { hasOlder, isDetached }: { hasOlder: boolean; isDetached: boolean },
): readonly SystemOrErased[] {
  const from = hasOlder ? (messages[0]?.seq ?? 0) : 0;
  const to = isDetached ? (messages.at(-1)?.seq ?? 0) : Number.POSITIVE_INFINITY;
  return entries.filter(({ seq }) => seq >= from && seq <= to);
}

/** Says what happened, to the user `me`. */
export function describeSystemEntry(entry: SystemOrErased, me: string | undefined): string {
  switch (entry.type) {
    case 'erased':
      return 'A message was erased.';
    case 'system': {
      const isOwn = entry.user.id === me;
      if (entry.by?.id === entry.user.id) return `${isOwn ? 'You' : entry.user.name} left this room.`;
      const removed = isOwn ? 'You were' : `${entry.user.name} was`;
      const by = entry.by && (entry.by.id === me ? 'you' : entry.by.name);
      return `${removed} removed from this room${by === undefined ? '' : ` by ${by}`}.`;
    }
    default:
      return entry satisfies never;
  }
}

function entriesOf(frame: ServerMessage): readonly { type: string; seq: number }[] {
  if (frame.type === 'joined' || frame.type === 'history') return frame.messages;
  return 'seq' in frame && frame.type !== 'ack' ? [frame] : [];
}

function isSystemOrErased(entry: { type: string }): entry is SystemOrErased {
  return entry.type === 'system' || entry.type === 'erased';
}
