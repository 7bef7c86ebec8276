import type { ReactionErasureStore } from '../../ports/reactionStore';
import { settleAll } from '../../util/settleAll';
import { namesOf } from './attributeNames';
import { ifMet, updateIfMet } from './conditional';
import type { Database } from './database';
import { partitionOf } from './messagePartition';
import { setOf } from './reactionRow';

/** Rows that are removed at the same time. */
const REMOVED_AT_ONCE = 25;

/** Removes reactions from the Messages table. */
export function createReactionErasureStore(database: Database, table: string): ReactionErasureStore {
  return {
    async clearSet(room, of, user) {
      await updateIfMet(database, table, setOf(room, of, user), {
        UpdateExpression: 'REMOVE #on, #name',
        ConditionExpression: '#user = :user',
        ExpressionAttributeNames: namesOf(['user', 'on', 'name']),
        ExpressionAttributeValues: { ':user': user },
      });
    },

    async removeSet(room, of, user) {
      await ifMet(
        database.call('DeleteItem', {
          TableName: table,
          Key: setOf(room, of, user),
          ConditionExpression: 'attribute_not_exists(#on)',
          ExpressionAttributeNames: namesOf(['on']),
        }),
      );
    },

    async removeSome(room, of, limit) {
      const { Items = [] } = await database.call('Query', {
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: '#room = :room',
        ProjectionExpression: '#room, #seq',
        ExpressionAttributeNames: namesOf(['room', 'seq']),
        ExpressionAttributeValues: { ':room': partitionOf(room, of) },
        Limit: limit,
      });
      for (let from = 0; from < Items.length; from += REMOVED_AT_ONCE)
        await settleAll(
          ...Items.slice(from, from + REMOVED_AT_ONCE).map((Key) =>
            database.call('DeleteItem', { TableName: table, Key }),
          ),
        );
      return Items.length === limit;
    },
  };
}
