import type { Clock, Random } from '../ports/clock';
import type { Post, Poster } from '../ports/poster';
import type { InvocationMetrics } from '../telemetry/invocationMetrics';
import { type ConcurrencyLimiter, concurrencyFor, createConcurrencyLimiter } from './concurrencyLimiter';

const MIN_RETRY_MS = 50;
const MAX_RETRY_MS = 800;

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
 * Posts a frame to every connection while pages of connections still arrive. The number of lanes grows with the
 * recipients. A slow or failing connection delays no other: it leaves its lane while it waits for its retry. Nothing
 * is begun after the deadline.
 */
export async function fanOut(
  context: FanOutContext,
  pages: AsyncIterable<readonly string[]>,
  frame: string,
  deadline: number,
): Promise<FanOutResult> {
  const result: FanOutResult = { delivered: 0, gone: [], failed: 0, unfinished: [] };
  const post = context.poster.prepare(frame);
  const limiter = createConcurrencyLimiter();
  let recipients = 0;

  const deliveries: Promise<void>[] = [];
  try {
    for await (const page of pages) {
      recipients += page.length;
      limiter.widen(concurrencyFor(recipients));
      for (const connection of page) {
        await limiter.enter();
        deliveries.push(deliver(context, limiter, post, connection, deadline, result));
      }
    }
  } finally {
    await Promise.all(deliveries);
    context.metrics.increment('Recipients', result.delivered);
    context.metrics.increment('Gone', result.gone.length);
    context.metrics.increment('PostsFailed', result.failed);
  }
  return result;
}

/** Posts to one connection until that succeeds, will never succeed, or would end too late. Enters with a lane. */
async function deliver(
  { clock, random, metrics }: FanOutContext,
  lanes: ConcurrencyLimiter,
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

    const pause = random() * Math.min(MAX_RETRY_MS, MIN_RETRY_MS * 2 ** attempt);
    if (clock.now() + pause >= deadline) {
      result.unfinished.push(connection);
      return;
    }
    metrics.increment('Retried');
    await clock.wait(pause);
    await lanes.enter();
  }
}
