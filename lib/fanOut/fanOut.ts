import type { Clock, Random } from '../ports/clock';
import type { Post, Poster } from '../ports/poster';
import type { SlowReaders } from '../ports/slowReaders';
import type { InvocationMetrics } from '../telemetry/invocationMetrics';
import { type ConcurrencyLimiter, concurrencyFor, createConcurrencyLimiter } from './concurrencyLimiter';

const MIN_RETRY_MS = 50;
const MAX_RETRY_MS = 800;
/**
 * A connection that is throttled this often, while few others are, does not read: it is given up. Fewer tries would
 * give up some of a thousand connections where one post in twenty is throttled by chance (`npm run bench:churn`).
 */
const MAX_SLOW_TRIES = 4;
/** A connection is given up, too, once as many of its posts have failed for this long, in milliseconds. */
const MAX_FAILING_MS = 2_000 - MAX_RETRY_MS;
/** If the posts to more connections than this, and than half of the recipients, fail, the cause is in the account. */
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

export interface FanOutOptions {
  /** Posts to a connection at most; those that are left are `unfinished`. */
  maxAttempts?: number;
  /**
   * The caller hands the unfinished connections over, because a reply waits for this fan-out. A connection that was
   * throttled to the end of the last one is tried once.
   */
  handsOver?: boolean;
}

/**
 * Posts a frame to every connection while pages of connections still arrive. The number of lanes grows with the
 * recipients. A slow or failing connection delays no other: it leaves its lane while it waits for its retry. A
 * connection that does not read is given up after {@link MAX_SLOW_TRIES}, and tried once while that is
 * remembered. Nothing is begun after the deadline.
 */
export async function fanOut(
  context: FanOutContext,
  pages: AsyncIterable<readonly string[]>,
  frame: string,
  deadline: number,
  { maxAttempts = Number.POSITIVE_INFINITY, handsOver = false }: FanOutOptions = {},
): Promise<FanOutResult> {
  const result: FanOutResult = { delivered: 0, gone: [], failed: 0, slow: 0, unfinished: [] };
  const post = context.poster.prepare(frame);
  const limiter = createConcurrencyLimiter();
  let recipients = 0;
  let troubled = 0;
  /** Posts to few connections fail: those are slow. With many the quota is short, or the API is down. */
  const areSlow = () => troubled <= Math.max(MAX_SLOW_READERS, recipients / 2);
  /** Tells what to do about a connection that was throttled once more. */
  const onThrottled = (connection: string, attempt: number): 'giveUp' | 'leave' | 'retry' => {
    const now = context.clock.now();
    if (attempt === 1) troubled++;
    const isKnown = context.slowReaders.isSlow(connection, now);
    if (isKnown || (attempt >= MAX_SLOW_TRIES && areSlow())) {
      context.slowReaders.record(connection, now);
      return 'giveUp';
    }
    if (!handsOver || !areSlow()) return 'retry';
    if (attempt < maxAttempts && !context.slowReaders.isSuspect(connection, now)) return 'retry';
    context.slowReaders.suspect(connection, now);
    return 'leave';
  };

  /** Tells what to do about a connection whose post failed once more since `since`. */
  const onFailed = (attempt: number, since: number): 'giveUp' | 'retry' => {
    if (attempt === 1) troubled++;
    const isLong = attempt >= MAX_SLOW_TRIES && context.clock.now() - since >= MAX_FAILING_MS;
    return isLong && areSlow() ? 'giveUp' : 'retry';
  };

  const shared: Delivery = { limiter, post, deadline, maxAttempts, onThrottled, onFailed, result };
  const deliveries: Promise<void>[] = [];
  try {
    for await (const page of pages) {
      recipients += page.length;
      limiter.widen(concurrencyFor(recipients));
      for (const connection of page) {
        await limiter.enter();
        deliveries.push(deliver(context, shared, connection));
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
  onThrottled(connection: string, attempt: number): 'giveUp' | 'leave' | 'retry';
  onFailed(attempt: number, since: number): 'giveUp' | 'retry';
  result: FanOutResult;
}

/** Posts to one connection until that succeeds, will never succeed, or would end too late. Enters with a lane. */
async function deliver(
  { clock, random, metrics, slowReaders }: FanOutContext,
  { limiter, post, deadline, maxAttempts, onThrottled, onFailed, result }: Delivery,
  connection: string,
): Promise<void> {
  const began = clock.now();
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
    const next = delivery === 'throttled' ? onThrottled(connection, attempt) : onFailed(attempt, began);
    if (next === 'giveUp') {
      result.slow++;
      return;
    }
    const pause = random() * Math.min(MAX_RETRY_MS, MIN_RETRY_MS * 2 ** attempt);
    if (next === 'leave' || attempt >= maxAttempts || clock.now() + pause >= deadline) {
      result.unfinished.push(connection);
      return;
    }
    metrics.increment('Retried');
    await clock.wait(pause);
    await limiter.enter();
  }
}
