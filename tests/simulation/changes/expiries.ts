import type { World } from '../concern';
import { FROZEN_MS } from '../lambda';
import type { StoredRow } from '../stores';

/** Nothing of a row is under way any more after this, in milliseconds: late repeats, frozen invocations, their calls. */
const SETTLE_MS = FROZEN_MS + 90_000;
/** Rows have expired by every clock when they did so long ago, in milliseconds. */
const LONG_AGO_MS = 60_000;

/**
 * Lets old rows expire and removes some of them, in order, or in none, as when their expiry came late. Notes the removed
 * ones.
 */
export function expireRows({ scenario, stores, clock, random, dice }: World, removed: Set<string>): void {
  const now = clock.now();
  for (const [room, rows] of stores.rows) {
    const last = scenario.changes?.expiresInOrder ? random() * rows.length : undefined;
    for (const [seq, row] of rows.entries()) {
      if (last !== undefined && (seq > last || isYoung(row, now))) break;
      if (row?.expiresAt === undefined || isYoung(row, now)) continue;
      if (last === undefined && random() > 0.5) continue;
      row.expiresAt = Math.min(row.expiresAt, now - LONG_AGO_MS);
      dice.count('row expired');
      if (random() > 0.5) continue;
      rows[seq] = undefined;
      removed.add(`${room}/${seq}`);
    }
  }
}

/** Whether a row does not expire yet, or something of it may be under way. */
function isYoung(row: StoredRow | undefined, now: number): boolean {
  return row !== undefined && (row.expiresAt === undefined || row.entry.at > now - SETTLE_MS);
}
