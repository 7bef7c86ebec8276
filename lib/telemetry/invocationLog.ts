import {
  createInvocationMetrics,
  type InvocationMetrics,
  LEVELS,
  type Level,
  type MetricName,
} from './invocationMetrics';
import metrics from './metrics.json';

/** No message is lost by these, but an operator should look. */
const TROUBLE: readonly MetricName[] = [
  'PostsFailed',
  'FanOutsFailed',
  'ExpiryFailures',
  'ReviewsFailed',
  'EventsFailed',
  'NotificationsFailed',
];

/** What the log is kept by. */
export interface InvocationLogOptions {
  /** The stack's name, the dimension of every metric. */
  stack: string;
  /** Lines below it are left out; their metrics are not. */
  level: Level;
  /** Whether CloudWatch is to read metrics from the lines. */
  hasMetrics: boolean;
  write(line: string): void;
}

/** What Lambda says of an invocation. */
export interface InvocationContext {
  awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

/** A function's code, and the metrics of the invocation it runs for. */
export type InvocationHandler<Event, Result> = (
  event: Event,
  metrics: InvocationMetrics,
  context: InvocationContext,
) => Promise<Result>;

/**
 * Makes a handler that writes one JSON line at the end of every invocation. CloudWatch reads it as log and as metrics
 * (embedded metric format). What a stranger sent stands in it only where it has been checked.
 */
export function logInvocation<Event, Result>(
  name: string,
  { stack, level, hasMetrics, write }: InvocationLogOptions,
  run: InvocationHandler<Event, Result>,
): (event: Event, context: InvocationContext) => Promise<Result> {
  const threshold = LEVELS.indexOf(level);
  return async (event, context) => {
    const began = Date.now();
    const metrics = createInvocationMetrics();
    let error: string | undefined;
    try {
      return await run(event, metrics, context);
    } catch (thrown) {
      error = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
      throw thrown;
    } finally {
      const { counts, fields } = metrics;
      const own = error === undefined ? levelOf(metrics) : 'error';
      const isTold = LEVELS.indexOf(own) >= threshold;
      const counted = hasMetrics ? directivesOf(metrics) : [];
      const isCounted = counted.length > 0;
      // What is not there is undefined, and JSON leaves it out.
      const about = isTold && {
        level: own,
        message: `${fields.action ?? name} ${error === undefined ? (fields.outcome ?? 'done') : 'failed'}`,
        error: error ?? fields.failure,
        ms: Date.now() - began,
        requestId: context.awsRequestId,
        connectionId: idsOf(event).connectionId,
        gatewayRequestId: idsOf(event).requestId,
        room: fields.room,
        messageId: fields.messageId,
        seq: fields.seq,
        // Some providers' ids are e-mail addresses: only the line of the connection names the user at every level.
        userId: threshold === 0 ? fields.userId : undefined,
        ...fields.client,
      };
      if (isTold || isCounted)
        write(
          JSON.stringify({
            _aws: isCounted ? { Timestamp: began, CloudWatchMetrics: counted } : undefined,
            ...about,
            Stack: isCounted ? stack : undefined,
            Reason: fields.reason,
            Refused: fields.reason === undefined ? undefined : 1,
            ...counts,
          }),
        );
    }
  };
}

const { namespace: Namespace, byStack, byReason } = metrics;
const perStack = { Namespace, Dimensions: [byStack.dimensions] };
const perReason = {
  Namespace,
  Dimensions: [byReason.dimensions],
  Metrics: [{ Name: 'Refused', Unit: byReason.units.Refused }],
};

/** The part of a line that tells CloudWatch which of its values are metrics. */
function directivesOf({ counts, fields }: InvocationMetrics): object[] {
  const directives: object[] = fields.reason === undefined ? [] : [perReason];
  const Metrics: object[] = [];
  for (const Name in counts) Metrics.push({ Name, Unit: byStack.units[Name as MetricName] });
  if (Metrics.length > 0) directives.push({ ...perStack, Metrics });
  return directives;
}

function levelOf({ counts, fields }: InvocationMetrics): Level {
  const isTrouble = fields.reason === 'unavailable' || TROUBLE.some((metric) => counts[metric] !== undefined);
  return isTrouble ? 'warn' : (fields.level ?? 'info');
}

/** What API Gateway calls the connection and the request: its own log has the same. */
function idsOf(event: unknown): { connectionId?: string; requestId?: string } {
  return (event as { requestContext?: object } | null)?.requestContext ?? {};
}
