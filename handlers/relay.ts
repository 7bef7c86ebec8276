import { createRelayContext } from '../lib/app/eventContexts';
import { withTelemetry } from '../lib/app/withTelemetry';
import { type BatchFailures, relayBatch } from '../lib/events/relayBatch';

const shared = createRelayContext();

/** Sends what the log has to the operator's sink, in the rooms that a batch names. */
export const handler = withTelemetry(
  'relay',
  (event: unknown, metrics, invocation): Promise<BatchFailures> =>
    relayBatch({ ...shared, metrics }, event, invocation.getRemainingTimeInMillis()),
);
