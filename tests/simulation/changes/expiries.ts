import type { World } from '../concern';
import { FROZEN_MS } from '../lambda';

/** Nothing of a row is under way any more after this, in milliseconds: late repeats, frozen invocations, their calls. */
const SETTLE_MS = FROZEN_MS + 90_000;
/** Rows have expired by every clock when they did so long ago, in milliseconds. */
const LONG_AGO_MS = 60_000;

/** Lets old rows expire in no order, as when their expiry came late, and removes some of them. Notes the removed ones. */
export function expireRows({ stores, clock, random, dice }: World, removed: Set<string>): void {
  const now = clock.now();
  for (const [room, rows] of stores.rows)
    for (const [seq, row] of rows.entries()) {
      if (row?.expiresAt === undefined || row.entry.at > now - SETTLE_MS || random() > 0.5) continue;
      row.expiresAt = Math.min(row.expiresAt, now - LONG_AGO_MS);
      dice.count('row expired');
      if (random() > 0.5) continue;
      rows[seq] = undefined;
      removed.add(`${room}/${seq}`);
    }
}
