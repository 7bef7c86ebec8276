import type { HeldErasureStore } from '../../ports/heldStore';
import type { Database } from './database';
import { type HeldRow, partitionOfRoom, partitionOfUser, placeOf, rowAt } from './heldRows';
import { removeListed } from './removeListed';

/** Removes held messages from the Members table. */
export function createHeldErasureStore(database: Database, table: string): HeldErasureStore {
  return {
    forgetSome: (user, limit) =>
      removeListed(database, table, { r: partitionOfUser(user) }, limit, (row) => placeOf(row as HeldRow)),
    forgetSomeIn: (room, limit) =>
      removeListed(database, table, { r: partitionOfRoom(room) }, limit, ({ c }) => rowAt(room, String(c))),
  };
}
