import { traceOf } from '../../log/erasureTrace';
import type { ErasureStore } from '../../ports/erasureStore';
import type { LogPosition } from '../../ports/logStore';
import { ifMet } from './conditional';
import type { Database } from './database';
import { IDENTITY, type MessageRow, toSlot } from './messageRow';

/** What an erasure takes from a change, and from any other row. */
const CHANGE_PARTS = ['name', 'text', 'data', 'mentions', 'h', 'todo'] as const;
const MESSAGE_PARTS = [
  'name',
  'text',
  'data',
  'mentions',
  'h',
  'kind',
  'replyTo',
  'kb',
  'editedAt',
  'by',
  'byName',
] as const;

/** Keeps an operator's hand on the Messages table. */
export function createErasureStore(database: Database, table: string): ErasureStore {
  return {
    async erase(room, { seq, id, user, isChange = false }) {
      const removed = isChange ? CHANGE_PARTS : MESSAGE_PARTS;
      const { met } = await ifMet(
        database.call('UpdateItem', {
          TableName: table,
          Key: { room, seq },
          UpdateExpression: `SET #user = :trace${isChange ? '' : ', #type = :erased'} REMOVE ${removed.map((part) => `#${part}`).join(', ')}`,
          ConditionExpression: isChange
            ? 'attribute_exists(#name)'
            : 'attribute_exists(#seq) AND (attribute_not_exists(#type) OR #type <> :erased)',
          ExpressionAttributeNames: {
            '#user': 'user',
            ...(!isChange && { '#seq': 'seq', '#type': 'type' }),
            ...Object.fromEntries(removed.map((part) => [`#${part}`, part])),
          },
          ExpressionAttributeValues: {
            ':trace': traceOf(room, id, user),
            ...(!isChange && { ':erased': 'erased' }),
          },
        }),
      );
      return met;
    },

    async eraseModerator(room, seq) {
      // The row, and the name with it, may have expired meanwhile.
      await ifMet(
        database.call('UpdateItem', {
          TableName: table,
          Key: { room, seq },
          UpdateExpression: 'REMOVE #by, #byName',
          ConditionExpression: 'attribute_exists(#seq)',
          ExpressionAttributeNames: { '#seq': 'seq', '#by': 'by', '#byName': 'byName' },
        }),
      );
    },

    async findRowsOf(user, from) {
      const { Items = [], LastEvaluatedKey } = await database.call('Scan', {
        TableName: table,
        ConsistentRead: true,
        FilterExpression: '#user = :user OR #by = :user',
        ProjectionExpression: ['room', ...IDENTITY].map((attribute) => `#${attribute}`).join(', '),
        ExpressionAttributeNames: Object.fromEntries(
          ['room', 'by', ...IDENTITY].map((attribute) => [`#${attribute}`, attribute]),
        ),
        ExpressionAttributeValues: { ':user': user },
        ExclusiveStartKey: from && { ...from },
      });
      const rows = (Items as MessageRow[]).map((row) => ({ room: row.room, ...toSlot(row) }));
      return { rows, ...(LastEvaluatedKey && { next: placeOf(LastEvaluatedKey) }) };
    },
  };
}

function placeOf({ room, seq }: { room?: unknown; seq?: unknown }): LogPosition {
  return { room: String(room), seq: Number(seq) };
}
