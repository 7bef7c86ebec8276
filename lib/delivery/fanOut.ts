import type { Clock, Post, Poster, Random } from '../ports/ports';
import type { InvocationMetrics } from '../telemetry/invocationMetrics';

const LANES_PER_ROOT = 8;
const LEAST_LANES = 4;
const MOST_LANES = 256;
const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 800;

/** What became of one frame, by connection. */
export interface FanOutResult {
  delivered: number;
  gone: string[];
  failed: number;
  /** Connections the deadline left without a post that got through. */
  unfinished: string[];
}

/** What fan-out works with. */
export interface FanOutContext {
  poster: Pick<Poster, 'prepare'>;
  clock: Clock;
  random: Random;
  metrics: InvocationMetrics;
}

/**
 * Posts one frame to every connection, over a number of lanes that grows with the recipients, while pages of them
 * still arrive. One that is slow or failing holds up none of the others: it leaves its lane while it waits to be
 * retried. Nothing is begun after the deadline.
 */
export async function fanOut(
  reach: FanOutContext,
  pages: AsyncIterable<readonly string[]>,
  frame: string,
  deadline: number,
): Promise<FanOutResult> {
  const result: FanOutResult = { delivered: 0, gone: [], failed: 0, unfinished: [] };
  const post = reach.poster.prepare(frame);
  const lanes = createLanes();
  let recipients = 0;

  const deliveries: Promise<void>[] = [];
  try {
    for await (const page of pages) {
      recipients += page.length;
      lanes.widen(lanesFor(recipients));
      for (const connection of page) {
        await lanes.enter();
        deliveries.push(deliver(reach, lanes, post, connection, deadline, result));
      }
    }
  } finally {
    await Promise.all(deliveries);
    reach.metrics.increment('Recipients', result.delivered);
    reach.metrics.increment('Gone', result.gone.length);
    reach.metrics.increment('PostsFailed', result.failed);
  }
  return result;
}

/**
 * How many posts to have under way. Each lane comes to a connection, and opening one costs about as much as twenty
 * posts: `R / K` answers waited for one after the other and `K` handshakes take the least time together where `K`
 * is a multiple of √R, about three times at answers after 10 ms. That is for a cold container; most messages meet one
 * whose connections are open, and gain by more: with eight times the root instead of five a room of 1,000 has its last
 * post after 79 ms instead of 95 (bench:cost).
 */
function lanesFor(recipients: number): number {
  return Math.min(MOST_LANES, Math.max(LEAST_LANES, Math.ceil(LANES_PER_ROOT * Math.sqrt(recipients))));
}

/** Posts to one connection until that succeeds, will never succeed, or would end too late. Enters with a lane. */
async function deliver(
  { clock, random, metrics }: FanOutContext,
  lanes: Lanes,
  post: Post,
  connection: string,
  deadline: number,
  result: FanOutResult,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const isLate = clock.now() >= deadline;
    const delivery = isLate ? 'retry' : await post(connection);
    lanes.leave();
    if (delivery === 'delivered') result.delivered++;
    if (delivery === 'gone') result.gone.push(connection);
    if (delivery === 'failed') result.failed++;
    if (delivery === 'throttled') metrics.increment('Throttled');
    if (delivery !== 'retry' && delivery !== 'throttled') return;

    const pause = random() * Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempt);
    if (clock.now() + pause >= deadline) {
      result.unfinished.push(connection);
      return;
    }
    metrics.increment('Retried');
    await clock.wait(pause);
    await lanes.enter();
  }
}

/** Lets at most so many in at a time, first come first served. */
interface Lanes {
  widen(width: number): void;
  enter(): Promise<void> | undefined;
  leave(): void;
}

function createLanes(): Lanes {
  const waiting: (() => void)[] = [];
  let width = 0;
  let taken = 0;
  const admit = (): void => {
    while (taken < width) {
      const next = waiting.shift();
      if (!next) return;
      taken++;
      next();
    }
  };
  return {
    widen(wanted) {
      width = wanted;
      admit();
    },
    enter() {
      if (taken >= width) return new Promise((resolve) => waiting.push(resolve));
      taken++;
      return undefined;
    },
    leave() {
      taken--;
      admit();
    },
  };
}
