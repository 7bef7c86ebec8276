import type { EntryIdentity, LogStore, NewEntry } from '../../ports/logStore';
import type { LogEntry, MessageEntry } from '../../protocol';
import { byteLength } from '../../protocol/byteLength';
import type { Row } from './attributeValues';
import { batchGet } from './batchGet';
import { ifMet } from './conditional';
import type { Database } from './database';

/** A row as it is stored. `ttl` is in seconds, as the database wants it. */
type MessageRow = {
  room: string;
  seq: number;
  type: string;
  id: string;
  user: string;
  /** Not in an erased row. */
  name?: string;
  text?: string;
  at: number;
  ttl?: number;
  /** Kilobytes of a text that is longer than one. */
  kb?: number;
  /** In a system entry: what happened to the user, and the moderator. */
  what?: string;
  by?: string;
  byName?: string;
};

const LEAST_NEXT_PAGE = 200;
/** Rows of a read that ends at a number of bytes: this many of the longest texts are read in vain at most. */
const CHUNK = 34;
const NAMES = { '#room': 'room', '#seq': 'seq' };
const SLOT_NAMES = { '#id': 'id', '#user': 'user', '#at': 'at', '#ttl': 'ttl', '#what': 'what', '#kb': 'kb' };

/** Keeps the log in the Messages table: partition `room`, sort key `seq`. */
export function createLogStore(database: Database, table: string): LogStore {
  const readLive = async (
    room: string,
    range: { condition: string; seq: number | undefined; forward: boolean },
    limit: number,
    now: number,
    maxBytes = Number.POSITIVE_INFINITY,
  ): Promise<LogEntry[]> => {
    const rows: MessageRow[] = [];
    const chunk = Number.isFinite(maxBytes) ? Math.min(limit, CHUNK) : limit;
    let bytes = 0;
    let start: Row | undefined;
    let isBarren = false;
    do {
      const page = await database.call('Query', {
        TableName: table,
        ConsistentRead: true,
        ScanIndexForward: range.forward,
        KeyConditionExpression:
          range.seq === undefined ? '#room = :room' : `#room = :room AND ${range.condition}`,
        FilterExpression: 'attribute_not_exists(#ttl) OR #ttl > :now',
        ExpressionAttributeNames: {
          '#room': 'room',
          '#ttl': 'ttl',
          ...(range.seq !== undefined && { '#seq': 'seq' }),
        },
        ExpressionAttributeValues: {
          ':room': room,
          ':now': now / 1000,
          ...(range.seq !== undefined && { ':seq': range.seq }),
        },
        // The database counts rows before it filters: one page of expired rows must not be followed by tiny ones.
        Limit: isBarren ? Math.max(limit, LEAST_NEXT_PAGE) : Math.min(chunk, limit - rows.length),
        ExclusiveStartKey: start,
      });
      const found = (page.Items ?? []) as MessageRow[];
      rows.push(...found);
      bytes += found.reduce((sum, { text = '' }) => sum + byteLength(text), 0);
      isBarren = found.length === 0;
      start = page.LastEvaluatedKey;
    } while (start && rows.length < limit && bytes <= maxBytes);
    return rows.slice(0, limit).map(toEntry);
  };

  return {
    readForward: (room, seq, ...asked) =>
      readLive(room, { condition: '#seq >= :seq', seq, forward: true }, ...asked),

    readBackward: (room, seq, ...asked) =>
      readLive(room, { condition: '#seq <= :seq', seq, forward: false }, ...asked),

    async readIdentities(room, seq, limit) {
      const slots: EntryIdentity[] = [];
      let start: Row | undefined;
      do {
        const page = await database.call('Query', {
          TableName: table,
          ConsistentRead: true,
          KeyConditionExpression: '#room = :room AND #seq >= :seq',
          ProjectionExpression: '#seq, #id, #user, #at, #ttl, #what, #kb',
          ExpressionAttributeNames: { ...NAMES, ...SLOT_NAMES },
          ExpressionAttributeValues: { ':room': room, ':seq': seq },
          Limit: limit - slots.length,
          ExclusiveStartKey: start,
        });
        slots.push(...((page.Items ?? []) as MessageRow[]).map(toSlot));
        start = page.LastEvaluatedKey;
      } while (start && slots.length < limit);
      return slots;
    },

    async put(room, entry) {
      const row = toRow(room, entry);
      const { met } = await ifMet(
        database.call('PutItem', {
          TableName: table,
          Item: row,
          ConditionExpression: 'attribute_not_exists(#seq)',
          ExpressionAttributeNames: { '#seq': 'seq' },
        }),
      );
      return met ? 'written' : 'taken';
    },

    async expire(room, seq, at) {
      await ifMet(
        database.call('UpdateItem', {
          TableName: table,
          Key: { room, seq },
          UpdateExpression: 'SET #ttl = :ttl',
          ConditionExpression: 'attribute_exists(#seq)',
          ExpressionAttributeNames: { '#seq': 'seq', '#ttl': 'ttl' },
          ExpressionAttributeValues: { ':ttl': Math.ceil(at / 1000) },
        }),
      );
    },

    async roomsBeyond(seqs) {
      const keys = [...seqs].map(([room, seq]) => ({ room, seq }));
      const rows = await batchGet(database, table, keys, ['room']);
      return rows.map((row) => String(row.room));
    },
  };
}

function toRow(room: string, entry: NewEntry): MessageRow {
  const { seq, type, id, at } = entry;
  if (type === 'message') {
    const { from, text } = entry;
    const kb = Math.ceil(byteLength(text) / 1024);
    return { room, seq, type, id, user: from.id, name: from.name, text, at, ...(kb > 1 && { kb }) };
  }
  const { user, what, by } = entry;
  const row: MessageRow = { room, seq, type, id, user: user.id, name: user.name, at, what };
  return by ? { ...row, by: by.id, byName: by.name } : row;
}

function toEntry({ seq, type, id, user, name, text, at, what, by, byName }: MessageRow): LogEntry {
  if (type === 'system' && what === 'kicked' && name !== undefined)
    return {
      type,
      seq,
      what,
      user: { id: user, name },
      at,
      ...(by !== undefined && byName !== undefined && { by: { id: by, name: byName } }),
    };
  if (type === 'erased') return { type, seq, id };
  if (type !== 'message' || name === undefined || text === undefined) return { type: 'unknown', seq };
  const entry: MessageEntry = { type, seq, id, text, from: { id: user, name }, at };
  return entry;
}

function toSlot({ seq, id, user, at, ttl, what, kb }: MessageRow): EntryIdentity {
  return {
    seq,
    id,
    user,
    at,
    ...(kb !== undefined && { kilobytes: kb }),
    ...(ttl !== undefined && { expiresAt: ttl * 1000 }),
    ...(what === 'kicked' && { removes: true }),
  };
}
