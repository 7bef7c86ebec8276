import { runFanOutJob } from '../../lib/delivery/runFanOutJob';
import type { FanOutQueue } from '../../lib/ports/fanOutQueue';
import type { VirtualClock } from './clock';
import type { Lambda } from './lambda';
import { between, type Random } from './random';

const TAKES_MS = 110_000;

/** Starts a worker for each job, a while after it was asked for. */
export function createFanOutWorkers(
  { clock, random }: { clock: VirtualClock; random: Random },
  lambda: () => Lambda,
): FanOutQueue {
  return {
    async enqueue(job) {
      clock.after(between(random, 20, 200), () => {
        void lambda()
          .invoke(
            (context) => runFanOutJob(context, job, context.clock.now() + TAKES_MS),
            () => {},
          )
          .catch(() => {});
      });
    },
  };
}
