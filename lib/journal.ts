import metrics from './metrics.json';
import { createTally, type Facts, LEVELS, type Level, type Metric, type Tally } from './tally';

/** Nobody loses a message by these, but somebody should look. */
const TROUBLE: readonly Metric[] = ['PostsFailed', 'FanOutsFailed', 'ExpiryFailures'];

/** What the log is kept by. */
export interface JournalOptions {
  /** The stack's name, the dimension of every metric. */
  stack: string;
  /** Lines below it are left out; their metrics are not. */
  level: Level;
  /** Whether CloudWatch is to read metrics from the lines. */
  hasMetrics: boolean;
  write(line: string): void;
}

/** What Lambda says of an invocation. */
export interface Context {
  awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

/** A function's code, and the tally of the invocation it runs for. */
export type Run<Event, Result> = (event: Event, tally: Tally, context: Context) => Promise<Result>;

/**
 * Makes a handler that writes one line of JSON at the end of every invocation, which CloudWatch reads as log and as
 * metrics (embedded metric format). What a stranger sent stands in it only where it has been checked.
 */
export function journaled<Event, Result>(
  name: string,
  { stack, level, hasMetrics, write }: JournalOptions,
  run: Run<Event, Result>,
): (event: Event, context: Context) => Promise<Result> {
  const threshold = LEVELS.indexOf(level);
  return async (event, context) => {
    const began = Date.now();
    const tally = createTally();
    let thrown: { error: string } | undefined;
    try {
      return await run(event, tally, context);
    } catch (error) {
      thrown = { error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
      throw error;
    } finally {
      const own = thrown ? 'error' : levelOf(tally);
      const values = { ...tally.counts, ...(tally.facts.reason !== undefined && { Refused: 1 }) };
      const isCounted = hasMetrics && Object.keys(values).length > 0;
      const isTold = LEVELS.indexOf(own) >= threshold;
      if (isTold || isCounted)
        write(
          JSON.stringify({
            ...(isCounted && embedded(values, began)),
            ...(isTold && {
              level: own,
              message: messageOf(name, thrown ? { ...tally.facts, outcome: 'failed' } : tally.facts),
              ...thrown,
              ms: Date.now() - began,
              requestId: context.awsRequestId,
              ...idsOf(event),
              ...subjectOf(tally.facts, threshold),
            }),
            ...(isCounted && { Stack: stack }),
            ...(tally.facts.reason !== undefined && { Reason: tally.facts.reason }),
            ...values,
          }),
        );
    }
  };
}

/** The part of a line that tells CloudWatch which of its values are metrics. */
function embedded(values: Partial<Record<string, number>>, Timestamp: number): object {
  const directives = [metrics.byStack, metrics.byReason].flatMap(({ dimensions, units }) => {
    const found = Object.entries(units).filter(([name]) => values[name] !== undefined);
    const Metrics = found.map(([Name, Unit]) => ({ Name, Unit }));
    return Metrics.length > 0 ? [{ Namespace: metrics.namespace, Dimensions: [dimensions], Metrics }] : [];
  });
  return { _aws: { Timestamp, CloudWatchMetrics: directives } };
}

function levelOf({ counts, facts }: Tally): Level {
  const isTrouble = facts.reason === 'unavailable' || TROUBLE.some((metric) => counts[metric] !== undefined);
  return isTrouble ? 'warn' : (facts.level ?? 'info');
}

function messageOf(name: string, { action = name, outcome = 'done' }: Facts): string {
  return `${action} ${outcome}`;
}

/** What API Gateway calls the connection and the request: its own log has the same. */
function idsOf(event: unknown): { connectionId?: string; gatewayRequestId?: string } {
  const { requestContext } = event as { requestContext?: { connectionId?: string; requestId?: string } };
  if (!requestContext) return {};
  const { connectionId, requestId } = requestContext;
  return { ...(connectionId && { connectionId }), ...(requestId && { gatewayRequestId: requestId }) };
}

function subjectOf({ room, messageId, seq, userId }: Facts, threshold: number): Facts {
  return {
    ...(room !== undefined && { room }),
    ...(messageId !== undefined && { messageId }),
    ...(seq !== undefined && { seq }),
    // Some providers' ids are e-mail addresses.
    ...(userId !== undefined && threshold === 0 && { userId }),
  };
}
