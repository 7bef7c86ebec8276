import { prefetch } from '../fanOut/prefetch';
import { readEntry } from '../log/readPage';
import type { DeliveryContext } from '../ports/contexts';
import type { FanOutJob } from '../ports/fanOutQueue';
import { fanOutToMembers } from './fanOutToMembers';

/**
 * Page sizes of the members. The job reads one page ahead of its posts. The first page fits into one read of 4 KB, so
 * that the first post leaves soon. Later pages are larger, because each is billed up to its last 4 KB.
 */
const MEMBER_PAGE_SIZES = [100, 1_000] as const;

/** Connections that a reply left are tried for this long, in milliseconds; heartbeats reach the rest. */
const LEFTOVERS_TIMEOUT_MS = 2_000;

/** Carries out a fan-out that was handed over: of a whole room to its end, of what a reply left within two seconds. */
export async function runFanOutJob(context: DeliveryContext, job: FanOutJob, latest: number): Promise<void> {
  const deadline = job.only ? Math.min(latest, context.clock.now() + LEFTOVERS_TIMEOUT_MS) : latest;
  const members = prefetch(context.members.list(job.room, ...MEMBER_PAGE_SIZES));
  const entry = await readEntry(context, job.room, job.seq);
  context.metrics.annotate({ room: job.room, seq: job.seq });
  if (entry === undefined || entry.type === 'unknown' || entry.type === 'erased') return;
  if ('id' in entry) context.metrics.annotate({ messageId: entry.id });
  await fanOutToMembers(context, job, entry, members, deadline);
}
