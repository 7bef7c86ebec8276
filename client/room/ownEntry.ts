import type {
  Ack,
  DeletedEntry,
  EditedEntry,
  LogEntry,
  MessageEntry,
  TombstoneEntry,
  User,
} from '../../lib/protocol';
import type { OutboxRecord } from '../common/outboxTypes';
import type { RoomContext } from './roomContext';

/** An entry that a client wrote. */
export type OwnEntry = MessageEntry | TombstoneEntry | EditedEntry | DeletedEntry;

/** Whether a client wrote an entry. */
export function isOwnEntry(entry: LogEntry): entry is OwnEntry {
  return 'from' in entry;
}

/** The entry that an acknowledgement tells of. Whose right a deletion used follows from the message. */
export function acknowledgedEntry(
  room: RoomContext,
  { text, more, action, of }: OutboxRecord,
  { id, seq, at, entry }: Ack,
  from: User,
): OwnEntry {
  if (entry && isOwnEntry(entry)) return entry;
  const base = { seq, id, from, at };
  if (typeof of !== 'number') return { type: 'message', ...base, text, ...more };
  if (action === 'editMessage') return { type: 'edited', ...base, of, rev: seq, text, ...more };
  const isOwn = room.log().window.find(of)?.from.id === from.id;
  return { type: 'deleted', ...base, of, by: isOwn ? 'author' : 'moderator' };
}
