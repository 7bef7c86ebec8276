import type { ReportErasureStore } from '../../ports/reportStore';
import type { Database } from './database';
import { removeListed } from './removeListed';
import { partitionOfRoom, partitionOfUser, placeOf, rowAt } from './reportRows';

/** Removes reports from the Members table. */
export function createReportErasureStore(database: Database, table: string): ReportErasureStore {
  return {
    forgetSome: (user, limit) =>
      removeListed(database, table, { r: partitionOfUser(user) }, limit, ({ r, c }) =>
        placeOf({ r: String(r), c: String(c) }),
      ),
    forgetSomeIn: (room, limit) =>
      removeListed(database, table, { r: partitionOfRoom(room) }, limit, ({ c }) => rowAt(room, String(c))),
  };
}
