import type { LogStore } from '../../lib/ports/logStore';
import type { Checker } from './checker';
import { createLog, type Stores } from './stores';

/** The table of messages that functions work with, and its name on the wire. */
export interface Table {
  logId: string;
  log: LogStore;
}

export interface Tables {
  current(): Table;
  /**
   * Puts a backup in the place of the table: of each room it has the rows up to `keeps` of the head. What runs already
   * goes on with the table before. The backup has a name of its own, or that of the table before.
   */
  restore(keeps: (head: number) => number, hasOwnName: boolean): void;
}

export function createTables({ rows, log }: Stores, checker: Checker, logId: string): Tables {
  let current: Table = { logId, log: { ...log } };

  return {
    current: () => current,
    restore(keeps, hasOwnName) {
      const left = new Map([...rows].map(([room, list]) => [room, list.map((row) => row && { ...row })]));
      const former = createLog(left);
      Object.assign(current.log, {
        ...former,
        async put(...[room, entry, ...rest]: Parameters<LogStore['put']>) {
          const outcome = await former.put(room, entry, ...rest);
          if (outcome === 'written') checker.writtenBefore(room, entry);
          return outcome;
        },
      });
      const heads = new Map([...rows].map(([room, list]) => [room, keeps(list.length - 1)]));
      for (const [room, list] of rows) list.length = 1 + (heads.get(room) ?? 0);
      checker.restored(heads);
      current = { logId: hasOwnName ? `${current.logId}-restored` : current.logId, log: { ...log } };
    },
  };
}
