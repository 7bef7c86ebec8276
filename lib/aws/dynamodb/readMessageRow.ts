import type { EntryIdentity, StoredEntry } from '../../ports/logStore';
import type {
  Content,
  DeletedEntry,
  Deleter,
  EditedEntry,
  LogEntry,
  MessageEntry,
  ReactionSummary,
  User,
} from '../../protocol';
import { byteLength } from '../../protocol/byteLength';
import type { Output } from './database';
import type { MessageRow } from './messageRow';
import { userOf } from './userAttributes';

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
  const { seq, id, at, kind, replyTo, rev, editedAt, deleted } = row;
  const from = authorOf(row);
  if (from === undefined) return { type: 'unknown', seq };
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

function partsOfChange(row: MessageRow) {
  const { seq, id, of = 0, at } = row;
  const from = authorOf(row);
  return { seq, id, of, ...(from && { from }), at };
}

/** The author of a row that was not erased. */
function authorOf({ name, ...row }: MessageRow): User | undefined {
  return name === undefined ? undefined : userOf({ ...row, name });
}

function contentOf({ text = '', data, mentions }: MessageRow): Content {
  return {
    text,
    ...(data !== undefined && { data: JSON.parse(data) }),
    ...(mentions !== undefined && { mentions: JSON.parse(mentions) }),
  };
}

/** A read unit is for this much, in kilobytes. */
const KILOBYTES_PER_UNIT = 4;

/** Reads what identifies the rows of a page, and what each cost. */
export function toIdentities(page: Output): EntryIdentity[] {
  const { Items = [] } = page;
  const kilobytes = kilobytesRead(page);
  return (Items as MessageRow[]).map((row) => ({
    ...toIdentity(row),
    ...(kilobytes > 0 && { readKilobytes: kilobytes / Items.length }),
  }));
}

/** What a strongly consistent call that asked for it read, in kilobytes. */
export function kilobytesRead({ ConsumedCapacity }: Output): number {
  const [consumed] = [ConsumedCapacity].flat();
  return (consumed?.CapacityUnits ?? 0) * KILOBYTES_PER_UNIT;
}

/** Reads what identifies a row. */
export function toIdentity({
  seq,
  id,
  user,
  at,
  n,
  ttl,
  what,
  kb,
  rkb = 0,
  files,
  h,
  of,
  todo,
}: MessageRow): EntryIdentity {
  const kilobytes = (kb ?? 1) + rkb + (files === undefined ? 0 : Math.ceil(byteLength(files) / 1024));
  return {
    seq,
    id,
    user,
    at,
    ...(h !== undefined && { hash: h }),
    ...(of !== undefined && { isChange: true }),
    ...(todo !== undefined && { isPending: true }),
    ...(kilobytes > 1 && { kilobytes }),
    ...(n !== undefined && { n }),
    ...(ttl !== undefined && { expiresAt: ttl * 1000 }),
    ...(what === 'kicked' && { removes: true }),
  };
}

/** Tells whether a row has not expired: the database removes an expired one within two days. */
export function isLive({ ttl }: Pick<MessageRow, 'ttl'>, now: number): boolean {
  return ttl === undefined || ttl > now / 1000;
}
