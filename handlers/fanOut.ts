import { createWorld } from '../lib/app/contexts';
import { parseJob } from '../lib/delivery/fanOutJob';
import { carryOut } from '../lib/delivery/publishMessage';
import { Unavailable } from '../lib/ports/ports';
import { watched } from '../lib/telemetry/withTelemetry';

const world = {
  ...createWorld(),
  worker: {
    async handOver() {
      throw new Unavailable('The time for this fan-out is over.');
    },
  },
};
/** Time kept for forgetting the connections that were gone, in milliseconds. */
const RESERVE_MS = 10_000;

/** Carries out a fan-out that was too large for a reply. Lambda retries it when it throws. */
export const handler = watched('fanOut', async (event: unknown, tally, context): Promise<void> => {
  const deadline = world.clock.now() + context.getRemainingTimeInMillis() - RESERVE_MS;
  await carryOut({ ...world, tally }, parseJob(event), deadline);
});
