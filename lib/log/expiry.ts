import type { PublishContext } from '../ports/contexts';
import type { EntryIdentity } from '../ports/logStore';
import { Unavailable } from '../ports/unavailable';
import { lacksExpiry } from './entryIdentity';

/** A row that has just been superseded stays this long whatever the retention: memories rest on it. */
export const MIN_RETENTION_MS = 3_600_000;
/** Every so many entries the log is searched for rows without an expiry: those that a crash left. */
const SWEEP_EVERY = 16;
/** A sweep reads so many of the newest rows, so that a row is read by several sweeps. */
const RECENT_ROWS = 4 * SWEEP_EVERY;
/** It reads so many rows somewhere in the log, too: the retention may be younger than they are. */
const OLD_ROWS = 50;

/**
 * Gives the rows below a new one their expiry, and now and then those that were missed. A failure is counted, and the
 * next sweep repeats it.
 */
export async function expireSuperseded(
  context: PublishContext,
  room: string,
  superseded: readonly EntryIdentity[],
): Promise<void> {
  const { retentionMs } = context.settings;
  if (retentionMs === undefined) return;
  await expireRows(context, room, superseded, retentionMs);
  const head = 1 + Math.max(0, ...superseded.map(({ seq }) => seq));
  if (head % SWEEP_EVERY === 0)
    await expireRows(context, room, await findMissed(context, room, head), retentionMs);
}

async function expireRows(
  { log, clock, metrics }: PublishContext,
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
  { log, random, metrics }: PublishContext,
  room: string,
  head: number,
): Promise<EntryIdentity[]> {
  try {
    const recent = await log.readIdentities(room, Math.max(1, head - RECENT_ROWS), RECENT_ROWS);
    const old = await log.readIdentities(room, Math.ceil(random() * head), OLD_ROWS);
    const missed = [...recent, ...old].filter((row) => row.seq < head && lacksExpiry(row));
    return [...new Map(missed.map((row) => [row.seq, row])).values()];
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    metrics.increment('ExpiryFailures');
    return [];
  }
}
