import type { GoneStore } from '../../ports/goneStore';
import { namesOf } from './attributeNames';
import { updateIfMet } from './conditional';
import type { Database } from './database';
import { keyFor } from './roomSettingsRow';

/** Keeps the highest seq of a room that lost its words in the row of the room's settings. */
export function createGoneStore(database: Database, table: string): GoneStore {
  return {
    async raise(room, seq) {
      await updateIfMet(database, table, keyFor(room), {
        UpdateExpression: 'SET #gone = :seq',
        ConditionExpression: 'attribute_not_exists(#gone) OR #gone < :seq',
        ExpressionAttributeNames: namesOf(['gone']),
        ExpressionAttributeValues: { ':seq': seq },
      });
    },

    async read(room) {
      const { r, c } = keyFor(room);
      const { Items = [] } = await database.call('Query', {
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: '#r = :room AND #c = :row',
        ProjectionExpression: '#gone',
        ExpressionAttributeNames: namesOf(['r', 'c', 'gone']),
        ExpressionAttributeValues: { ':room': r, ':row': c },
      });
      return Number(Items[0]?.gone ?? 0);
    },
  };
}
