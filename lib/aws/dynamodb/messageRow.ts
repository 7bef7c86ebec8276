import { SERVER } from '../../log/serverUser';
import type { EntryIdentity, NewEntry, StoredEntry } from '../../ports/logStore';
import type {
  Content,
  DeletedEntry,
  Deleter,
  EditedEntry,
  LogEntry,
  MessageEntry,
  ReactionSummary,
} from '../../protocol';
import { byteLength } from '../../protocol/byteLength';

/** A row of the Messages table. `ttl` is in seconds, as the database wants it. */
export type MessageRow = {
  room: string;
  seq: number;
  /** A message has none: the bytes pay for its hash. */
  type?: string;
  id: string;
  user: string;
  /** Not in an erased row. */
  name?: string;
  /** The words: of a change only while it is pending. `data` and `mentions` are JSON. */
  text?: string;
  data?: string;
  mentions?: string;
  /** What is known of a message's files, as JSON. */
  files?: string;
  kind?: string;
  replyTo?: number;
  /** The hash of what the row was written with. */
  h?: string;
  at: number;
  ttl?: number;
  /** Kilobytes of words that are longer than one. */
  kb?: number;
  /** In an edited message: the seq and the time of the last edit, and how many there were. */
  rev?: number;
  editedAt?: number;
  edits?: number;
  /** In a deleted message: the seq of its deletion. */
  deleted?: number;
  /** A moderator deleted it; in the message and in the entry of the deletion. */
  moderated?: number;
  /**
   * In a message with reactions: their (k, seq), and counts and users as JSON. In their entry: `rk`, and while pending
   * the rest.
   */
  rk?: number;
  rseq?: number;
  reactions?: string;
  /** Kilobytes of reactions, where they are longer than one. */
  rkb?: number;
  /** In a change: the seq of its target. In a change and in a message with files: the mark that it is pending. */
  of?: number;
  todo?: number;
  /** In a system entry: what happened to the user, and the moderator. */
  what?: string;
  by?: string;
  byName?: string;
};

/** The attributes that make an entry. */
export const ROW = [
  'seq',
  'type',
  'id',
  'user',
  'name',
  'text',
  'data',
  'mentions',
  'files',
  'kind',
  'replyTo',
  'at',
  'ttl',
  'rev',
  'editedAt',
  'deleted',
  'moderated',
  'rk',
  'rseq',
  'reactions',
  'of',
  'todo',
  'what',
  'by',
  'byName',
] as const satisfies readonly (keyof MessageRow)[];

/** The attributes of a message's reactions. */
export const REACTIONS = ['rk', 'rseq', 'reactions', 'rkb'] as const;

/** The attributes that identify one. */
export const IDENTITY = [
  'seq',
  'id',
  'user',
  'at',
  'ttl',
  'what',
  'kb',
  'rkb',
  'h',
  'of',
  'todo',
] as const satisfies readonly (keyof MessageRow)[];

/** Makes the row of a new entry; that of a change is pending. */
export function toRow(room: string, entry: NewEntry, hash: string | undefined): MessageRow {
  const { seq, type, id, at } = entry;
  const hashed = hash !== undefined && { h: hash };
  if (type === 'system') {
    const { user, what, by } = entry;
    const row: MessageRow = { room, seq, type, id, user: user.id, name: user.name, at, what };
    return by ? { ...row, by: by.id, byName: by.name } : row;
  }
  if (type === 'reacted') {
    const { of, k } = entry;
    return { room, seq, type, id, user: SERVER.id, at, of, rk: k, todo: 1, ...reactionsOf(entry) };
  }
  const row = { room, seq, id, user: entry.from.id, name: entry.from.name, at, ...hashed };
  if (type === 'edited') return { ...row, type, of: entry.of, todo: 1, ...wordsOf(entry) };
  if (type === 'deleted')
    return { ...row, type, of: entry.of, todo: 1, ...(entry.by === 'moderator' && { moderated: 1 }) };
  const { kind, replyTo } = entry;
  return {
    ...row,
    ...wordsOf(entry),
    ...(kind !== undefined && { kind }),
    ...(replyTo !== undefined && { replyTo }),
    ...(entry.files && { files: JSON.stringify(entry.files), todo: 1 }),
  };
}

/** The attributes of a message's words. */
export function wordsOf({
  text,
  data,
  mentions,
}: Content): Pick<MessageRow, 'text' | 'data' | 'mentions' | 'kb'> {
  const words = {
    text,
    ...(data && { data: JSON.stringify(data) }),
    ...(mentions && { mentions: JSON.stringify(mentions) }),
  };
  const kb = Math.ceil(Object.values(words).reduce((sum, word) => sum + byteLength(word), 0) / 1024);
  return kb > 1 ? { ...words, kb } : words;
}

/** The attributes of a message's reactions. */
export function reactionsOf({
  counts,
  users,
}: Omit<ReactionSummary, 'k'>): Pick<MessageRow, 'reactions' | 'rkb'> {
  const reactions = JSON.stringify({ counts, users });
  const rkb = Math.ceil(byteLength(reactions) / 1024);
  return rkb > 1 ? { reactions, rkb } : { reactions };
}

/** Reads an entry from its row. */
export function toEntry(row: MessageRow): StoredEntry {
  const { seq, type } = row;
  switch (type) {
    case undefined:
      return toMessage(row);
    case 'system':
      return toSystemEntry(row);
    case 'erased':
      return { type, seq, id: row.id };
    case 'edited': {
      const entry: EditedEntry = { ...partsOfChange(row), type };
      if (row.todo === undefined || !entry.from) return entry;
      return { type: 'pending', seq, change: { ...entry, from: entry.from, ...contentOf(row) } };
    }
    case 'deleted': {
      const entry: DeletedEntry = { ...partsOfChange(row), type, by: deleterOf(row) };
      if (row.todo === undefined || !entry.from) return entry;
      return { type: 'pending', seq, change: { ...entry, from: entry.from } };
    }
    case 'reacted': {
      const { id, of = 0, at } = row;
      const entry = { type, seq, of, at, ...summaryOf(row) } as const;
      return row.todo === undefined ? entry : { type: 'pending', seq, change: { ...entry, id } };
    }
    default:
      return { type: 'unknown', seq };
  }
}

function toMessage(row: MessageRow): StoredEntry {
  const { seq, id, user, name, at, kind, replyTo, rev, editedAt, deleted } = row;
  if (name === undefined) return { type: 'unknown', seq };
  const from = { id: user, name };
  if (deleted !== undefined) return { type: 'tombstone', seq, id, from, at, deleted, by: deleterOf(row) };
  if (row.text === undefined) return { type: 'unknown', seq };
  const message: MessageEntry = {
    type: 'message',
    seq,
    id,
    ...contentOf(row),
    from,
    at,
    ...(kind !== undefined && { kind }),
    ...(replyTo !== undefined && { replyTo }),
    ...(rev !== undefined && { rev }),
    ...(editedAt !== undefined && { editedAt }),
    ...(row.files !== undefined && { files: JSON.parse(row.files) }),
    ...(row.rk !== undefined && { reactions: { seq: row.rseq ?? 0, ...summaryOf(row) } }),
  };
  return row.todo === undefined ? message : { type: 'pending', seq, change: message };
}

function summaryOf({ rk: k = 0, reactions }: MessageRow): ReactionSummary {
  return { k, ...(reactions === undefined ? { counts: {}, users: {} } : JSON.parse(reactions)) };
}

function deleterOf({ moderated }: MessageRow): Deleter {
  return moderated === undefined ? 'author' : 'moderator';
}

function toSystemEntry({ seq, what, user, name, at, by, byName }: MessageRow): LogEntry {
  if (what !== 'kicked' || name === undefined) return { type: 'unknown', seq };
  return {
    type: 'system',
    seq,
    what,
    user: { id: user, name },
    at,
    ...(by !== undefined && byName !== undefined && { by: { id: by, name: byName } }),
  };
}

function partsOfChange({ seq, id, of = 0, user, name, at }: MessageRow) {
  return { seq, id, of, ...(name !== undefined && { from: { id: user, name } }), at };
}

function contentOf({ text = '', data, mentions }: MessageRow): Content {
  return {
    text,
    ...(data !== undefined && { data: JSON.parse(data) }),
    ...(mentions !== undefined && { mentions: JSON.parse(mentions) }),
  };
}

/** Reads what identifies a row. */
export function toIdentity({
  seq,
  id,
  user,
  at,
  ttl,
  what,
  kb,
  rkb,
  h,
  of,
  todo,
}: MessageRow): EntryIdentity {
  return {
    seq,
    id,
    user,
    at,
    ...(h !== undefined && { hash: h }),
    ...(of !== undefined && { isChange: true }),
    ...(todo !== undefined && { isPending: true }),
    ...((kb ?? rkb) !== undefined && { kilobytes: (kb ?? 1) + (rkb ?? 0) }),
    ...(ttl !== undefined && { expiresAt: ttl * 1000 }),
    ...(what === 'kicked' && { removes: true }),
  };
}
