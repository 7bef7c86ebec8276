import type { Change, EntryIdentity, LogStore, StoredEntry } from '../../ports/logStore';
import { byteLength } from '../../protocol/byteLength';
import type { Row } from './attributeValues';
import { batchGet } from './batchGet';
import { ifMet } from './conditional';
import type { Database, Input } from './database';
import { IDENTITY, type MessageRow, ROW, toEntry, toRow, toSlot, wordsOf } from './messageRow';

const LEAST_NEXT_PAGE = 200;
/** Rows of a read that ends at a number of bytes: this many of the longest texts are read in vain at most. */
const CHUNK = 34;
const SLOT_NAMES = Object.fromEntries(IDENTITY.map((attribute) => [`#${attribute}`, attribute]));

/** Keeps the log in the Messages table: partition `room`, sort key `seq`. */
export function createLogStore(database: Database, table: string): LogStore {
  const readLive = async (
    room: string,
    range: { condition: string; seq: number | undefined; forward: boolean },
    limit: number,
    now: number,
    maxBytes = Number.POSITIVE_INFINITY,
  ): Promise<StoredEntry[]> => {
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
      bytes += found.reduce((sum, row) => sum + bytesToServe(row), 0);
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
          ProjectionExpression: Object.keys(SLOT_NAMES).join(', '),
          ExpressionAttributeNames: { '#room': 'room', ...SLOT_NAMES },
          ExpressionAttributeValues: { ':room': room, ':seq': seq },
          Limit: limit - slots.length,
          ExclusiveStartKey: start,
        });
        slots.push(...((page.Items ?? []) as MessageRow[]).map(toSlot));
        start = page.LastEvaluatedKey;
      } while (start && slots.length < limit);
      return slots;
    },

    async readRows(room, seqs, now) {
      const keys = seqs.map((seq) => ({ room, seq }));
      const rows = (await batchGet(database, table, keys, ROW)) as MessageRow[];
      return rows.filter((row) => isLive(row, now)).map(toEntry);
    },

    async readTarget(room, seq, now) {
      const attributes = ['type', 'user', 'at', 'edits', 'deleted', 'ttl'];
      const [row] = (await batchGet(database, table, [{ room, seq }], attributes)) as MessageRow[];
      if (!row || !isLive(row, now) || (row.type !== undefined && row.type !== 'erased')) return undefined;
      const { user, at, edits = 0, type, deleted } = row;
      return { user, at, edits, isGone: type === 'erased' || deleted !== undefined };
    },

    async put(room, entry, hash) {
      const row = toRow(room, entry, hash);
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

    async carryOut(room, change) {
      const { met } = await ifMet(
        database.call('UpdateItem', { TableName: table, Key: { room, seq: change.of }, ...updateBy(change) }),
      );
      return met;
    },

    async settle(room, seq) {
      await ifMet(
        database.call('UpdateItem', {
          TableName: table,
          Key: { room, seq },
          UpdateExpression: 'REMOVE #text, #data, #mentions, #todo',
          ConditionExpression: 'attribute_exists(#todo)',
          ExpressionAttributeNames: {
            '#text': 'text',
            '#data': 'data',
            '#mentions': 'mentions',
            '#todo': 'todo',
          },
        }),
      );
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

/** The update of a change's target, and its condition. An attribute that an edit does not give is removed. */
function updateBy(change: Change): Input {
  if (change.type === 'deleted') {
    const isModerated = change.by === 'moderator';
    return {
      UpdateExpression: `SET #deleted = :seq${isModerated ? ', #moderated = :yes' : ''} REMOVE #text, #data, #mentions${isModerated ? '' : ', #moderated'}`,
      ConditionExpression: 'attribute_exists(#seq) AND (attribute_not_exists(#deleted) OR #deleted > :seq)',
      ExpressionAttributeNames: {
        '#seq': 'seq',
        '#deleted': 'deleted',
        '#moderated': 'moderated',
        '#text': 'text',
        '#data': 'data',
        '#mentions': 'mentions',
      },
      ExpressionAttributeValues: { ':seq': change.seq, ...(isModerated && { ':yes': 1 }) },
    };
  }
  const words = wordsOf(change);
  const set = { ...words, rev: change.seq, editedAt: change.at };
  const removed = ['data', 'mentions', 'kb'].filter((attribute) => !Object.hasOwn(words, attribute));
  const assignments = Object.keys(set).map((attribute) => `#${attribute} = :${attribute}`);
  return {
    UpdateExpression:
      `SET ${assignments.join(', ')}, #edits = if_not_exists(#edits, :none) + :one` +
      (removed.length > 0 ? ` REMOVE ${removed.map((attribute) => `#${attribute}`).join(', ')}` : ''),
    ConditionExpression: 'attribute_exists(#text) AND (attribute_not_exists(#rev) OR #rev < :rev)',
    ExpressionAttributeNames: Object.fromEntries(
      [...Object.keys(set), ...removed, 'edits'].map((attribute) => [`#${attribute}`, attribute]),
    ),
    ExpressionAttributeValues: {
      ...Object.fromEntries(Object.entries(set).map(([attribute, value]) => [`:${attribute}`, value])),
      ':none': 0,
      ':one': 1,
    },
  };
}

/** The bytes that a row's entry has at least when it is served. An edit is served with the words of its target. */
function bytesToServe({ type, text = '', data = '', kb = 0 }: MessageRow): number {
  return type === 'edited' ? kb * 1024 : byteLength(text) + byteLength(data);
}

function isLive({ ttl }: MessageRow, now: number): boolean {
  return ttl === undefined || ttl > now / 1000;
}
