import type { EntryIdentity } from '../ports/logStore';
import type { Settings } from '../ports/settings';
import { Unavailable } from '../ports/unavailable';
import type { LogContext } from './entryDraft';
import { lacksExpiry } from './entryIdentity';

/** What giving rows their expiry works with. */
type ExpiryContext = Pick<LogContext, 'log' | 'clock' | 'random' | 'metrics'> & {
  settings: Pick<Settings, 'retentionMs'>;
};

/** A row that has just been superseded stays this long whatever the retention: memories rest on it. */
export const MIN_RETENTION_MS = 3_600_000;
/** Number of entries between two searches for rows without an expiry, which crashes left. */
const SWEEP_EVERY = 16;
/** Number of the newest rows that a search reads. Several searches read each row. */
const RECENT_ROWS = 3 * SWEEP_EVERY;
/** Number of older rows that a search reads: they may have been written before the retention was set. */
const OLD_ROWS = 16;
/** An entry gives rows their expiry for so many write units: the database is paid for a row's whole length. */
const MAX_WRITE_UNITS = 64;

/** The most write units of a row whose length is not known: a kilobyte of words, and one of reactions. */
const MAX_SHORT_UNITS = 3;

/** A message's reactions stay for so much longer than the message, in milliseconds: servers' clocks differ. */
const REACTIONS_OUTLIVE_MS = 3_600_000;

/** When the rows of a message's reactions expire: after the message, in milliseconds; `undefined` keeps them. */
export function reactionExpiry(
  { at }: { at: number },
  now: number,
  { retentionMs }: Pick<Settings, 'retentionMs'>,
): number | undefined {
  if (retentionMs === undefined) return undefined;
  return Math.max(at + retentionMs, now + MIN_RETENTION_MS) + REACTIONS_OUTLIVE_MS;
}

/**
 * Gives the rows below a new one their expiry, and now and then those that were missed, the newest first. A failure is
 * counted, and the next sweep repeats it, as it does what costs too much at once.
 */
export async function expireSuperseded(
  context: ExpiryContext,
  room: string,
  superseded: readonly EntryIdentity[],
): Promise<void> {
  const { retentionMs } = context.settings;
  if (retentionMs === undefined) return;
  const head = 1 + Math.max(0, ...superseded.map(({ seq }) => seq));
  const missed = head % SWEEP_EVERY === 0 ? await findMissed(context, room, head) : [];
  const bySeq = new Map([...superseded, ...missed].map((row) => [row.seq, row]));
  const newestFirst = [...bySeq.values()].sort((a, b) => b.seq - a.seq);
  await expireRows(context, room, withinUnits(newestFirst), retentionMs);
}

/** The first of some rows, which together cost no more than {@link MAX_WRITE_UNITS} to write. */
function withinUnits(rows: readonly EntryIdentity[]): EntryIdentity[] {
  let units = 0;
  return rows.filter((row) => {
    units += unitsToWrite(row);
    return units <= MAX_WRITE_UNITS;
  });
}

function unitsToWrite({ kilobytes, readKilobytes = 1 }: EntryIdentity): number {
  return kilobytes === undefined ? Math.min(MAX_SHORT_UNITS, Math.ceil(readKilobytes)) : 1 + kilobytes;
}

async function expireRows(
  { log, clock, metrics }: ExpiryContext,
  room: string,
  rows: readonly EntryIdentity[],
  retentionMs: number,
): Promise<void> {
  const soonest = clock.now() + MIN_RETENTION_MS;
  const given = await Promise.allSettled(
    rows.map(({ seq, at }) => log.expire(room, seq, Math.max(at + retentionMs, soonest))),
  );
  metrics.increment('ExpiryFailures', given.filter(({ status }) => status === 'rejected').length);
}

/** Finds rows below the head that have no expiry. */
async function findMissed(
  { log, random, metrics }: ExpiryContext,
  room: string,
  head: number,
): Promise<EntryIdentity[]> {
  try {
    const recent = await log.readIdentities(room, Math.max(1, head - RECENT_ROWS), RECENT_ROWS);
    const old = await log.readIdentities(room, Math.ceil(random() * head), OLD_ROWS);
    return [...recent, ...old].filter((row) => row.seq < head && lacksExpiry(row));
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    metrics.increment('ExpiryFailures');
    return [];
  }
}
