import { forget } from '../lib/actions/joinRoom';
import { createSockets } from '../lib/app/contexts';
import type { SocketEvent } from '../lib/aws/apiGateway/events';
import { watched } from '../lib/telemetry/withTelemetry';

const sockets = createSockets();

/** Forgets a connection that has closed. API Gateway calls this at best effort; leases and expiry do the rest. */
export const handler = watched('disconnect', async (event: SocketEvent, tally) => {
  if (event.requestContext.eventType !== 'DISCONNECT') return { statusCode: 400 };
  await forget({ ...sockets, tally }, event.requestContext.connectionId);
  return { statusCode: 200 };
});
