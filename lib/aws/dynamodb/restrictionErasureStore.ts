import type { RestrictionErasureStore } from '../../ports/restrictionStore';
import { settleAll } from '../../util/settleAll';
import { namesOf } from './attributeNames';
import type { Database } from './database';
import { keyFor, partitionOf } from './restrictionRows';

/** Removes what holds users back from the Members table. */
export function createRestrictionErasureStore(database: Database, table: string): RestrictionErasureStore {
  return {
    async forgetSome(user, limit) {
      const { Items = [], LastEvaluatedKey } = await database.call('Query', {
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: '#r = :user',
        ExpressionAttributeNames: namesOf(['r']),
        ExpressionAttributeValues: { ':user': partitionOf(user) },
        Limit: limit,
      });
      await settleAll(
        ...Items.map(({ c }) =>
          database.call('DeleteItem', { TableName: table, Key: keyFor(user, String(c)) }),
        ),
      );
      return { forgotten: Items.length, isDone: LastEvaluatedKey === undefined };
    },
  };
}
