import type { InvocationMetrics } from '../telemetry/invocationMetrics';

/** Counts a notification that could not be decided or sent, and logs the room and why. No error has words in it. */
export function countFailure(
  metrics: Pick<InvocationMetrics, 'increment' | 'annotate'>,
  room: string,
  error: unknown,
): void {
  const [outcome, failure] =
    error instanceof Error ? [error.name, error.message] : ['unknown', String(error)];
  metrics.increment('NotificationsFailed');
  metrics.annotate({ room, outcome, failure });
}
