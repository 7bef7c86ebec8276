import type { FanOutOptions } from '../fanOut/fanOut';
import type { DeliveryContext } from '../ports/contexts';
import type { FanOutJob } from '../ports/fanOutQueue';
import { Unavailable } from '../ports/unavailable';
import type { LogEntry } from '../protocol';
import { firstOf, only } from '../util/asyncIterables';
import { enqueueFanOut, fanOutToMembers } from './fanOutToMembers';

/** A reply waits this long for its fan-out, in milliseconds. The worker does what is left then. */
const REPLY_FAN_OUT_TIMEOUT_MS = 1_500;

/** A connection's second post may delay the acknowledgement; the worker does the further ones. */
const REPLY_FAN_OUT: FanOutOptions = { maxAttempts: 2, handsOver: true };

/** The worker serves rooms with more connections. */
const MAX_MEMBERS_IN_REPLY = 500;

/** Fans out a committed entry within the time a reply may wait. Leaves the rest, and large rooms, to the worker. */
export async function deliverEntry(context: DeliveryContext, job: FanOutJob, entry: LogEntry): Promise<void> {
  const { clock, members, recentLogs } = context;
  try {
    const began = clock.now();
    if (recentLogs.isLarge(job.room, began)) return await enqueueFanOut(context, job);
    const page = (await firstOf(members.list(job.room, MAX_MEMBERS_IN_REPLY + 1))) ?? [];
    if (page.length > MAX_MEMBERS_IN_REPLY) {
      recentLogs.markLarge(job.room, clock.now());
      return await enqueueFanOut(context, job);
    }
    const deadline = began + REPLY_FAN_OUT_TIMEOUT_MS;
    await fanOutToMembers(context, job, entry, only(page), deadline, REPLY_FAN_OUT);
  } catch (error) {
    // The entry is committed: the sender's repeat or the next ping reaches the members that this fan-out missed.
    if (!(error instanceof Unavailable)) throw error;
    context.metrics.increment('FanOutsFailed');
  }
}
