import type { Clock, Random } from '../ports/clock';
import type { Post, Poster } from '../ports/poster';
import type { SlowReaders } from '../ports/slowReaders';
import type { InvocationMetrics } from '../telemetry/invocationMetrics';
import { type ConcurrencyLimiter, concurrencyFor, createConcurrencyLimiter } from './concurrencyLimiter';

const MIN_RETRY_MS = 50;
const MAX_RETRY_MS = 800;
/**
 * A connection that is throttled this often, while few others are, does not read: it is given up. Fewer tries would give
 * up some of a thousand connections where one post in twenty is throttled by chance (`npm run bench:churn`).
 */
const MAX_THROTTLED_TRIES = 4;
/** With more connections throttled than this, and than half of the recipients, the account's quota is what is short. */
const MAX_SLOW_READERS = 10;

/** What became of one frame, by connection. */
export interface FanOutResult {
  delivered: number;
  gone: string[];
  failed: number;
  /** Connections that did not read, and were given up: they catch up by their next heartbeat. */
  slow: number;
  /** Connections the deadline left without a post that got through. */
  unfinished: string[];
}

/** What fan-out works with. */
export interface FanOutContext {
  poster: Pick<Poster, 'prepare'>;
  clock: Clock;
  random: Random;
  metrics: InvocationMetrics;
  slowReaders: SlowReaders;
}

/**
 * Posts a frame to every connection while pages of connections still arrive. The number of lanes grows with the
 * recipients. A slow or failing connection delays no other: it leaves its lane while it waits for its retry. A
 * connection that does not read is given up after {@link MAX_THROTTLED_TRIES}, and tried once while that is
 * remembered. Nothing is begun after the deadline.
 */
export async function fanOut(
  context: FanOutContext,
  pages: AsyncIterable<readonly string[]>,
  frame: string,
  deadline: number,
  { maxAttempts = Number.POSITIVE_INFINITY } = {},
): Promise<FanOutResult> {
  const result: FanOutResult = { delivered: 0, gone: [], failed: 0, slow: 0, unfinished: [] };
  const post = context.poster.prepare(frame);
  const limiter = createConcurrencyLimiter();
  let recipients = 0;
  let throttled = 0;
  /** Tells whether a connection that was throttled once more is a reader too slow to wait for. */
  const isGivenUp = (connection: string, attempt: number): boolean => {
    if (attempt === 1) throttled++;
    if (context.slowReaders.isSlow(connection, context.clock.now())) return true;
    return attempt >= MAX_THROTTLED_TRIES && throttled <= Math.max(MAX_SLOW_READERS, recipients / 2);
  };

  const deliveries: Promise<void>[] = [];
  try {
    for await (const page of pages) {
      recipients += page.length;
      limiter.widen(concurrencyFor(recipients));
      for (const connection of page) {
        await limiter.enter();
        deliveries.push(
          deliver(context, { limiter, post, deadline, maxAttempts, isGivenUp, result }, connection),
        );
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

/** What the deliveries of one frame share. */
interface Delivery {
  limiter: ConcurrencyLimiter;
  post: Post;
  deadline: number;
  maxAttempts: number;
  isGivenUp(connection: string, attempt: number): boolean;
  result: FanOutResult;
}

/** Posts to one connection until that succeeds, will never succeed, or would end too late. Enters with a lane. */
async function deliver(
  { clock, random, metrics, slowReaders }: FanOutContext,
  { limiter, post, deadline, maxAttempts, isGivenUp, result }: Delivery,
  connection: string,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const isLate = clock.now() >= deadline;
    const delivery = isLate ? 'retry' : await post(connection);
    limiter.leave();
    if (delivery === 'delivered') {
      result.delivered++;
      slowReaders.forget(connection);
    }
    if (delivery === 'gone') result.gone.push(connection);
    if (delivery === 'failed') result.failed++;
    if (delivery === 'throttled') metrics.increment('Throttled');
    if (delivery !== 'retry' && delivery !== 'throttled') return;
    if (delivery === 'throttled' && isGivenUp(connection, attempt)) {
      slowReaders.record(connection, clock.now());
      result.slow++;
      return;
    }

    const pause = random() * Math.min(MAX_RETRY_MS, MIN_RETRY_MS * 2 ** attempt);
    if (attempt >= maxAttempts || clock.now() + pause >= deadline) {
      if (delivery === 'throttled' && result.delivered > 0) slowReaders.record(connection, clock.now());
      result.unfinished.push(connection);
      return;
    }
    metrics.increment('Retried');
    await clock.wait(pause);
    await limiter.enter();
  }
}
