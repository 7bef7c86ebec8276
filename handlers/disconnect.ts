import { createConnectionContext } from '../lib/app/contexts';
import { withTelemetry } from '../lib/app/withTelemetry';
import type { SocketEvent } from '../lib/aws/apiGateway/events';
import { removeClosedConnection } from '../lib/connections/removeClosedConnections';

const context = createConnectionContext();

/** Forgets a connection that has closed. API Gateway calls this at best effort; leases and expiry do the rest. */
export const handler = withTelemetry('disconnect', async (event: SocketEvent, metrics) => {
  if (event.requestContext.eventType !== 'DISCONNECT') return { statusCode: 400 };
  await removeClosedConnection({ ...context, metrics }, event.requestContext.connectionId);
  return { statusCode: 200 };
});
