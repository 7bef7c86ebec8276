import type { PublishContext } from '../ports/contexts';
import type { EntryIdentity } from '../ports/logStore';

/** A row that has just been superseded stays this long whatever the retention: memories rest on it. */
export const MIN_RETENTION_MS = 3_600_000;

/** Gives the rows below a new one their expiry. A later send that reads a missed row sets its expiry. */
export async function expireSuperseded(
  context: PublishContext,
  room: string,
  superseded: readonly EntryIdentity[],
): Promise<void> {
  const { retentionMs } = context.settings;
  if (retentionMs === undefined) return;
  const soonest = context.clock.now() + MIN_RETENTION_MS;
  const given = await Promise.allSettled(
    superseded.map(({ seq, at }) => context.log.expire(room, seq, Math.max(at + retentionMs, soonest))),
  );
  context.metrics.increment('ExpiryFailures', given.filter(({ status }) => status === 'rejected').length);
}
