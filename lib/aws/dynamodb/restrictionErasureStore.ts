import type { RestrictionErasureStore } from '../../ports/restrictionStore';
import type { Database } from './database';
import { forgetRows } from './forgetRows';
import { partitionOf } from './restrictionRows';

/** Removes what holds users back from the Members table. */
export function createRestrictionErasureStore(database: Database, table: string): RestrictionErasureStore {
  return {
    forgetSome: (user, limit) => forgetRows(database, table, partitionOf(user), limit),
  };
}
