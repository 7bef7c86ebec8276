import type { RelayContext } from './relayContext';

/**
 * Counts a failed run of a room, and logs the room and why. Of several in one invocation the last is logged. No error
 * of the relay holds words or a secret.
 */
export function countFailure(metrics: RelayContext['metrics'], room: string, error: unknown): void {
  const [outcome, failure] =
    error instanceof Error ? [error.name, error.message] : ['unknown', String(error)];
  metrics.increment('EventsFailed');
  metrics.annotate({ room, outcome, failure });
}
