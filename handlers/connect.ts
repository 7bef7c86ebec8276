import { createDoor } from '../lib/app';
import { connectionOf, type SocketEvent } from '../lib/events';
import { LEASE_MS } from '../lib/presence';
import { SUBPROTOCOL } from '../lib/protocol';

const { connections, clock } = createDoor();

/** Records a connection the authorizer has let in, and picks its subprotocol. */
export async function handler(event: SocketEvent) {
  if (event.requestContext.eventType !== 'CONNECT') return { statusCode: 400 };
  await connections.open(connectionOf(event), clock.now() + LEASE_MS);
  return { statusCode: 200, headers: { 'Sec-WebSocket-Protocol': SUBPROTOCOL } };
}
