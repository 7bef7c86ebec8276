import { createDoor } from '../lib/app';
import { connectionOf, type SocketEvent } from '../lib/events';
import { LEASE_MS } from '../lib/presence';
import { SUBPROTOCOL } from '../lib/protocol';
import { watched } from '../lib/watched';

const { connections, clock } = createDoor();

/** Records a connection the authorizer has let in, and picks its subprotocol. */
export const handler = watched('connect', async (event: SocketEvent, tally) => {
  if (event.requestContext.eventType !== 'CONNECT') return { statusCode: 400 };
  await connections.open(connectionOf(event), clock.now() + LEASE_MS);
  tally.add('ConnectionsOpened');
  return { statusCode: 200, headers: { 'Sec-WebSocket-Protocol': SUBPROTOCOL } };
});
