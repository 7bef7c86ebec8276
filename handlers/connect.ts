import { createDoor } from '../lib/app/contexts';
import { connectionOf, type SocketEvent } from '../lib/aws/apiGateway/events';
import { welcome } from '../lib/connections/openConnection';
import { SUBPROTOCOL } from '../lib/protocol';
import { watched } from '../lib/telemetry/withTelemetry';

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
