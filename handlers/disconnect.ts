import { createSockets } from '../lib/app';
import type { SocketEvent } from '../lib/events';
import { forget } from '../lib/rooms';
import { watched } from '../lib/watched';

const sockets = createSockets();

/** Forgets a connection that has closed. API Gateway calls this at best effort; leases and expiry do the rest. */
export const handler = watched('disconnect', async (event: SocketEvent, tally) => {
  if (event.requestContext.eventType !== 'DISCONNECT') return { statusCode: 400 };
  await forget({ ...sockets, tally }, event.requestContext.connectionId);
  return { statusCode: 200 };
});
