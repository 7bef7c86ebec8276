import { createSockets } from '../lib/app';
import { connectionOf, type SocketEvent } from '../lib/events';
import { forget } from '../lib/rooms';

const sockets = createSockets();

/** Forgets a connection that has closed. API Gateway calls this at best effort; leases and expiry do the rest. */
export async function handler(event: SocketEvent) {
  if (event.requestContext.eventType !== 'DISCONNECT') return { statusCode: 400 };
  await forget(sockets, connectionOf(event));
  return { statusCode: 200 };
}
