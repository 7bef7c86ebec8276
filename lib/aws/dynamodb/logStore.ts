import type { EntryIdentity, LogStore, StoredEntry } from '../../ports/logStore';
import { byteLength } from '../../protocol/byteLength';
import { listOf, namesOf } from './attributeNames';
import type { Row } from './attributeValues';
import { batchGet } from './batchGet';
import { changeUpdate } from './changeUpdate';
import { ifMet, updateIfMet } from './conditional';
import type { Database } from './database';
import { findFirstLive } from './firstLiveRow';
import { IDENTITY, type MessageRow, ROW, WORDS } from './messageRow';
import { isLive, toEntry, toIdentities } from './readMessageRow';
import { toRow } from './writeMessageRow';

const MIN_NEXT_PAGE = 200;
/** After this many pages of expired rows, a read upwards goes on at the first live row, and one downwards ends. */
const MAX_BARREN_PAGES = 3;
/** A read upwards goes on beyond expired rows this often. */
const MAX_LEAPS = 3;
/** Rows of a read that ends at a number of bytes: this many of the longest texts are read in vain at most. */
const CHUNK = 34;

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
    let barrenPages = 0;
    let leaps = 0;
    do {
      const page = await database.call('Query', {
        TableName: table,
        ConsistentRead: true,
        ScanIndexForward: range.forward,
        KeyConditionExpression:
          range.seq === undefined ? '#room = :room' : `#room = :room AND ${range.condition}`,
        FilterExpression: 'attribute_not_exists(#ttl) OR #ttl > :now',
        ExpressionAttributeNames: namesOf(['room', 'ttl', ...(range.seq === undefined ? [] : ['seq'])]),
        ExpressionAttributeValues: {
          ':room': room,
          ':now': now / 1000,
          ...(range.seq !== undefined && { ':seq': range.seq }),
        },
        // The database counts rows before it filters: one page of expired rows must not be followed by tiny ones.
        Limit: barrenPages > 0 ? Math.max(limit, MIN_NEXT_PAGE) : Math.min(chunk, limit - rows.length),
        ExclusiveStartKey: start,
      });
      const found = (page.Items ?? []) as MessageRow[];
      rows.push(...found);
      bytes += found.reduce((sum, row) => sum + bytesToServe(row), 0);
      barrenPages = found.length === 0 ? barrenPages + 1 : 0;
      start = page.LastEvaluatedKey;
      if (start && barrenPages === MAX_BARREN_PAGES) {
        const above = range.forward && ++leaps <= MAX_LEAPS ? Number(start.seq) : undefined;
        const first =
          above === undefined ? undefined : await findFirstLive(database, table, { room, above, now });
        start = first === undefined ? undefined : { room, seq: first - 1 };
        barrenPages = 0;
      }
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
          ProjectionExpression: listOf(IDENTITY),
          ExpressionAttributeNames: namesOf(['room', ...IDENTITY]),
          ExpressionAttributeValues: { ':room': room, ':seq': seq },
          Limit: limit - slots.length,
          ExclusiveStartKey: start,
          ReturnConsumedCapacity: 'TOTAL',
        });
        slots.push(...toIdentities(page));
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

    async put(room, entry, hash, n = 0) {
      const row = { ...toRow(room, entry, hash), ...(n > 0 && { n }) };
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

    async applyChange(room, change) {
      if (change.type === 'message') return false;
      const { met } = await updateIfMet(database, table, { room, seq: change.of }, changeUpdate(change));
      return met;
    },

    async clearPending(room, { type, seq }) {
      const removed = type === 'message' ? ['todo'] : [...WORDS, 'reactions', 'rkb', 'todo'];
      await updateIfMet(
        database,
        table,
        { room, seq },
        {
          UpdateExpression: `REMOVE ${listOf(removed)}`,
          ConditionExpression: 'attribute_exists(#todo)',
          ExpressionAttributeNames: namesOf(removed),
        },
      );
    },

    async expire(room, seq, at) {
      await updateIfMet(
        database,
        table,
        { room, seq },
        {
          UpdateExpression: 'SET #ttl = :ttl',
          ConditionExpression: 'attribute_exists(#seq)',
          ExpressionAttributeNames: namesOf(['seq', 'ttl']),
          ExpressionAttributeValues: { ':ttl': Math.ceil(at / 1000) },
        },
      );
    },

    async roomsBeyond(seqs) {
      const keys = [...seqs].map(([room, seq]) => ({ room, seq }));
      const rows = await batchGet(database, table, keys, ['room']);
      return rows.map((row) => String(row.room));
    },
  };
}

/** The bytes that a row's entry has at least when it is served. An edit is served with the words of its target. */
function bytesToServe({
  type,
  text = '',
  data = '',
  files = '',
  reactions = '',
  kb = 0,
}: MessageRow): number {
  if (type === 'edited') return kb * 1024;
  return [text, data, files, reactions].reduce((sum, part) => sum + byteLength(part), 0);
}
