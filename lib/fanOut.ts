import type { Clock, Poster, Random } from './ports';

const LANES = 64;
const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 800;

/** What became of one frame, by connection. */
export interface FannedOut {
  delivered: number;
  gone: string[];
  failed: number;
  /** Connections whose retries the deadline cut short. */
  unfinished: string[];
}

/**
 * Posts one frame to every connection, at most {@link LANES} at a time, while pages of them still arrive.
 * One that is slow or failing holds up none of the others: it leaves its lane while it waits to be retried.
 */
export async function fanOut(
  { poster, clock, random }: { poster: Poster; clock: Clock; random: Random },
  pages: AsyncIterable<readonly string[]>,
  frame: string,
  deadline: number,
): Promise<FannedOut> {
  const result: FannedOut = { delivered: 0, gone: [], failed: 0, unfinished: [] };
  const lanes = createLanes(LANES);

  const deliver = async (connection: string): Promise<void> => {
    for (let attempt = 1; ; attempt++) {
      const delivery = await poster.post(connection, frame);
      lanes.leave();
      if (delivery === 'delivered') result.delivered++;
      if (delivery === 'gone') result.gone.push(connection);
      if (delivery === 'failed') result.failed++;
      if (delivery !== 'retry') return;

      const pause = random() * Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempt);
      if (clock.now() + pause >= deadline) {
        result.unfinished.push(connection);
        return;
      }
      await clock.wait(pause);
      await lanes.enter();
    }
  };

  const deliveries: Promise<void>[] = [];
  for await (const page of pages)
    for (const connection of page) {
      await lanes.enter();
      deliveries.push(deliver(connection));
    }
  await Promise.all(deliveries);
  return result;
}

/** Lets at most `width` in at a time, first come first served. */
function createLanes(width: number): { enter(): Promise<void> | undefined; leave(): void } {
  const waiting: (() => void)[] = [];
  let free = width;
  return {
    enter() {
      if (free === 0) return new Promise((resolve) => waiting.push(resolve));
      free--;
      return undefined;
    },
    leave() {
      const next = waiting.shift();
      if (next) next();
      else free++;
    },
  };
}
