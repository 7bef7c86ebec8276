import type { ErasedEntry, ServerMessage, SystemEntry } from '../../lib/protocol';

/** An entry of a room's log that is no message: a removed user, or an erased message. */
export type Note = SystemEntry | ErasedEntry;

/** The newest notes are kept. */
export const MAX_NOTES = 500;

/** Adds the notes of a frame, in order and each once. Returns the same list if there is none. */
export function addNotes(notes: readonly Note[], frame: ServerMessage): readonly Note[] {
  const told = entriesOf(frame).filter(isNote);
  if (told.length === 0) return notes;
  const known = new Set(notes.map(({ seq }) => seq));
  const found = told.filter(({ seq }) => !known.has(seq));
  if (found.length === 0) return notes;
  return [...notes, ...found].sort((a, b) => a.seq - b.seq).slice(-MAX_NOTES);
}

/** The notes that stand among the messages of a part of the log. */
export function notesWithin(
  notes: readonly Note[],
  messages: readonly { seq: number }[],
  { hasOlder, isDetached }: { hasOlder: boolean; isDetached: boolean },
): readonly Note[] {
  const from = hasOlder ? (messages[0]?.seq ?? 0) : 0;
  const to = isDetached ? (messages.at(-1)?.seq ?? 0) : Number.POSITIVE_INFINITY;
  return notes.filter(({ seq }) => seq >= from && seq <= to);
}

/** Says what happened, to the user `me`. */
export function describeNote(note: Note, me: string | undefined): string {
  switch (note.type) {
    case 'erased':
      return 'A message was erased.';
    case 'system': {
      const removed = note.user.id === me ? 'You were' : `${note.user.name} was`;
      const by = note.by && (note.by.id === me ? 'you' : note.by.name);
      return `${removed} removed from this room${by === undefined ? '' : ` by ${by}`}.`;
    }
    default:
      return note satisfies never;
  }
}

function entriesOf(frame: ServerMessage): readonly { type: string; seq: number }[] {
  if (frame.type === 'joined' || frame.type === 'history') return frame.messages;
  return 'seq' in frame && frame.type !== 'ack' ? [frame] : [];
}

function isNote(entry: { type: string }): entry is Note {
  return entry.type === 'system' || entry.type === 'erased';
}
