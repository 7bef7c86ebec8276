import type { ReportErasureStore } from '../../ports/reportStore';
import type { Database } from './database';
import { removeReports } from './removeReports';
import { partitionOfRoom, partitionOfUser, placeOf, rowAt } from './reportRows';

/** Removes reports from the Members table. */
export function createReportErasureStore(database: Database, table: string): ReportErasureStore {
  return {
    forgetSome: (user, limit) => removeReports(database, table, { r: partitionOfUser(user) }, limit, placeOf),
    forgetSomeIn: (room, limit) =>
      removeReports(database, table, { r: partitionOfRoom(room) }, limit, ({ c }) => rowAt(room, c)),
  };
}
