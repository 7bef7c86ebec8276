import { traceOf } from '../../log/erasureTrace';
import type { ErasureStore } from '../../ports/erasureStore';
import type { LogPosition } from '../../ports/logStore';
import { ifMet } from './conditional';
import type { Database } from './database';

/** Keeps an operator's hand on the Messages table. */
export function createErasureStore(database: Database, table: string): ErasureStore {
  return {
    async erase(room, { seq, id, user }) {
      const { met } = await ifMet(
        database.call('UpdateItem', {
          TableName: table,
          Key: { room, seq },
          UpdateExpression: 'SET #type = :erased, #user = :trace REMOVE #text, #name, #by, #byName',
          ConditionExpression: 'attribute_exists(#seq) AND #type <> :erased',
          ExpressionAttributeNames: {
            '#seq': 'seq',
            '#type': 'type',
            '#user': 'user',
            '#text': 'text',
            '#name': 'name',
            '#by': 'by',
            '#byName': 'byName',
          },
          ExpressionAttributeValues: { ':erased': 'erased', ':trace': traceOf(room, id, user) },
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
        ProjectionExpression: '#room, #seq, #id, #user',
        ExpressionAttributeNames: {
          '#user': 'user',
          '#by': 'by',
          '#room': 'room',
          '#seq': 'seq',
          '#id': 'id',
        },
        ExpressionAttributeValues: { ':user': user },
        ExclusiveStartKey: from && { ...from },
      });
      const rows = Items.map((row) => ({ ...placeOf(row), id: String(row.id), user: String(row.user) }));
      return { rows, ...(LastEvaluatedKey && { next: placeOf(LastEvaluatedKey) }) };
    },
  };
}

function placeOf({ room, seq }: { room?: unknown; seq?: unknown }): LogPosition {
  return { room: String(room), seq: Number(seq) };
}
