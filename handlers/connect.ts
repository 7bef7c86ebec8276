import { createDoor } from '../lib/app';
import { welcome } from '../lib/door';
import { connectionOf, type SocketEvent } from '../lib/events';
import { SUBPROTOCOL } from '../lib/protocol';
import { watched } from '../lib/watched';

const door = createDoor();

const REFUSED = { banned: 403, heldOff: 429, tooMany: 429 };

/** Records a connection the authorizer has let in, and picks its subprotocol. */
export const handler = watched('connect', async (event: SocketEvent, tally) => {
  if (event.requestContext.eventType !== 'CONNECT') return { statusCode: 400 };
  const outcome = await welcome(door, connectionOf(event));
  if (outcome !== 'welcome') return { statusCode: REFUSED[outcome] };
  tally.add('ConnectionsOpened');
  return { statusCode: 200, headers: { 'Sec-WebSocket-Protocol': SUBPROTOCOL } };
});
