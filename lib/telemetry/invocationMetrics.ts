import type { byStack } from './metrics.json';
import type { Viewer } from './viewer';

/** What is counted or measured; docs/monitoring.md says what each one means. */
export type MetricName = keyof typeof byStack.units;

/** The levels of log lines, the least important first. */
export const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

export type Level = (typeof LEVELS)[number];

/** What an invocation was about. Nothing here is a text, a token or a display name. */
export interface LogFields {
  /** What was asked for, where a function answers more than one thing. */
  action?: string;
  /** What came of it: the type of the reply. */
  outcome?: string;
  /** The message of an error that the function took care of. */
  failure?: string;
  /** Why it was refused. Counted by reason. */
  reason?: string;
  room?: string;
  messageId?: string;
  seq?: number;
  userId?: string;
  /** The client that came in or was refused: an operator must see who it was at any level. */
  client?: Viewer & { userId?: string };
  /** `info` unless given; trouble that was counted makes it a warning. */
  level?: Level;
}

/** Takes down what one invocation does, for the one line it logs. Each invocation has its own. */
export interface InvocationMetrics {
  readonly counts: Partial<Record<MetricName, number>>;
  readonly fields: LogFields;
  /** Adds to a metric. A metric without a count is not written. */
  increment(metric: MetricName, by?: number): void;
  annotate(fields: LogFields): void;
}

export function createInvocationMetrics(): InvocationMetrics {
  const counts: InvocationMetrics['counts'] = {};
  const fields: LogFields = {};
  return {
    counts,
    fields,
    increment(metric, by = 1) {
      if (by > 0) counts[metric] = (counts[metric] ?? 0) + by;
    },
    annotate(more) {
      Object.assign(fields, more);
    },
  };
}
