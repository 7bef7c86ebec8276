import type { Concern } from './concern';
import { whole } from './random';

/** A row this far below the head has been swept several times. */
const SWEPT_ROWS = 40;

/** Deletes expired rows as the database does: late, and in no order. */
export const retention: Concern = ({ scenario, clock, random, stores, checker }) => {
  if (scenario.retentionMs === undefined) return undefined;
  const end = clock.now() + scenario.lastsMs;
  const pass = (): void => {
    for (const [room, rows] of stores.rows) {
      for (let seq = 1; seq < rows.length; seq++) {
        const row = rows[seq];
        if (row?.expiresAt !== undefined && row.expiresAt <= clock.now() && random() < 0.3)
          rows[seq] = undefined;
      }
      const head = rows[checker.head(room)];
      if (head?.expiresAt !== undefined || (!head && checker.head(room) > 0))
        checker.report('headExpired', `the newest row of ${room} has an expiry or is gone`);
    }
    if (clock.now() < end) clock.after(whole(random, 60_000, 600_000), pass);
  };
  pass();
  // A run with changes is too short for several sweeps.
  if (scenario.changes) return undefined;

  return () => {
    for (const [room, rows] of stores.rows)
      for (const [seq, row] of rows.entries())
        if (row && row.expiresAt === undefined && seq < checker.head(room) - SWEPT_ROWS)
          checker.report('neverExpires', `${room}/${seq} of ${checker.head(room)} has no expiry`);
  };
};
