import { createWorld } from '../lib/app';
import { parseJob } from '../lib/job';
import { type Publisher, Unavailable } from '../lib/ports';
import { carryOut } from '../lib/publish';

const world: Publisher = {
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
export async function handler(
  event: unknown,
  context: { getRemainingTimeInMillis(): number },
): Promise<void> {
  const deadline = world.clock.now() + context.getRemainingTimeInMillis() - RESERVE_MS;
  await carryOut(world, parseJob(event), deadline);
}
