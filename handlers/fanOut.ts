import { createChatContext } from '../lib/app/contexts';
import { withTelemetry } from '../lib/app/withTelemetry';
import { parseFanOutJob } from '../lib/delivery/fanOutJob';
import { runFanOutJob } from '../lib/delivery/runFanOutJob';
import { Unavailable } from '../lib/ports/unavailable';

const shared = {
  ...createChatContext(),
  fanOutQueue: {
    async enqueue() {
      throw new Unavailable('The time for this fan-out is over.');
    },
  },
};
/** Time kept for forgetting the connections that were gone, in milliseconds. */
const RESERVE_MS = 10_000;

/** Carries out a fan-out that was too large for a reply. Lambda retries it when it throws. */
export const handler = withTelemetry('fanOut', async (event: unknown, metrics, invocation): Promise<void> => {
  const deadline = shared.clock.now() + invocation.getRemainingTimeInMillis() - RESERVE_MS;
  await runFanOutJob({ ...shared, metrics }, parseFanOutJob(event), deadline);
});
