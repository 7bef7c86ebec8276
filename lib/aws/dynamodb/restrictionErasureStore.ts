import type { RestrictionErasureStore } from '../../ports/restrictionStore';
import { settleAll } from '../../util/settleAll';
import type { Database } from './database';
import { listSortKeys } from './listSortKeys';
import { keyFor, partitionOf } from './restrictionRows';

/** Removes what holds users back from the Members table. */
export function createRestrictionErasureStore(database: Database, table: string): RestrictionErasureStore {
  return {
    async forgetSome(user, limit) {
      const { keys, isDone } = await listSortKeys(database, table, partitionOf(user), limit);
      await settleAll(
        ...keys.map((room) => database.call('DeleteItem', { TableName: table, Key: keyFor(user, room) })),
      );
      return { forgotten: keys.length, isDone };
    },
  };
}
