import { removeClosedConnections } from '../connections/removeClosedConnections';
import { type FanOutOptions, fanOut } from '../fanOut/fanOut';
import type { DeliveryContext } from '../ports/contexts';
import type { FanOutJob } from '../ports/fanOutQueue';
import type { Member } from '../ports/memberStore';
import type { LogEntry } from '../protocol';
import { settleAll } from '../util/settleAll';

/** Leaves a fan-out to the worker. */
export async function enqueueFanOut(context: DeliveryContext, job: FanOutJob): Promise<void> {
  await context.fanOutQueue.enqueue(job);
  context.metrics.increment('HandedOver');
}

/**
 * Posts an entry to the members that a job is for. Closes the connections that were gone, and enqueues those that the
 * deadline left without a post, once.
 */
export async function fanOutToMembers(
  context: DeliveryContext,
  job: FanOutJob,
  entry: LogEntry,
  members: AsyncIterable<Member[]>,
  deadline: number,
  options?: FanOutOptions,
): Promise<void> {
  const owed = job.only && new Set(job.only);
  let recipientCount = 0;
  async function* recipients(): AsyncIterable<string[]> {
    for await (const page of members) {
      const now = context.clock.now();
      const ids = page
        .filter(({ id, expiresAt }) => id !== job.except && expiresAt > now && (!owed || owed.has(id)))
        .map(({ id }) => id);
      recipientCount += ids.length;
      yield ids;
    }
  }

  const began = context.clock.now();
  const frame = JSON.stringify({ ...entry, room: job.room, log: context.settings.logId });
  const { gone, unfinished } = await fanOut(context, recipients(), frame, deadline, options);
  if (recipientCount > 0) context.metrics.increment('FanOutMs', context.clock.now() - began);
  await settleAll(
    removeClosedConnections(context, gone, job.room),
    ...(unfinished.length > 0 && !job.only ? [enqueueFanOut(context, { ...job, only: unfinished })] : []),
  );
}
