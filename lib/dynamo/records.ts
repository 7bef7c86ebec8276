import { traceOf } from '../erased';
import type { Place, RecordStore } from '../ports';
import { ConditionFailed, type Database } from './client';

/** Keeps an operator's hand on the Messages table. */
export function createRecordStore(database: Database, table: string): RecordStore {
  return {
    async erase(room, { seq, id, user }) {
      try {
        await database.call('UpdateItem', {
          TableName: table,
          Key: { room, seq },
          UpdateExpression: 'SET #type = :erased, #user = :trace REMOVE #text, #name',
          ConditionExpression: 'attribute_exists(#seq) AND #type <> :erased',
          ExpressionAttributeNames: {
            '#seq': 'seq',
            '#type': 'type',
            '#user': 'user',
            '#text': 'text',
            '#name': 'name',
          },
          ExpressionAttributeValues: { ':erased': 'erased', ':trace': traceOf(room, id, user) },
        });
        return true;
      } catch (error) {
        if (error instanceof ConditionFailed) return false;
        throw error;
      }
    },

    async rowsOf(user, from) {
      const { Items = [], LastEvaluatedKey } = await database.call('Scan', {
        TableName: table,
        ConsistentRead: true,
        FilterExpression: '#user = :user',
        ProjectionExpression: '#room, #seq, #id',
        ExpressionAttributeNames: { '#user': 'user', '#room': 'room', '#seq': 'seq', '#id': 'id' },
        ExpressionAttributeValues: { ':user': user },
        ExclusiveStartKey: from && { ...from },
      });
      const rows = Items.map((row) => ({ ...placeOf(row), id: String(row.id) }));
      return { rows, ...(LastEvaluatedKey && { next: placeOf(LastEvaluatedKey) }) };
    },
  };
}

function placeOf({ room, seq }: { room?: unknown; seq?: unknown }): Place {
  return { room: String(room), seq: Number(seq) };
}
