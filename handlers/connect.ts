import { createOpenConnectionContext } from '../lib/app/contexts';
import { withTelemetry } from '../lib/app/withTelemetry';
import { connectionOf, type SocketEvent } from '../lib/aws/apiGateway/events';
import { openConnection } from '../lib/connections/openConnection';
import { SUBPROTOCOL } from '../lib/protocol';

const context = createOpenConnectionContext();

const REFUSED = { banned: 403, coolingDown: 429, tooMany: 429 };

/** Records a connection the authorizer has let in, and picks its subprotocol. */
export const handler = withTelemetry('connect', async (event: SocketEvent, metrics) => {
  if (event.requestContext.eventType !== 'CONNECT') return { statusCode: 400 };
  const outcome = await openConnection(context, connectionOf(event));
  if (outcome !== 'opened') return { statusCode: REFUSED[outcome] };
  metrics.increment('ConnectionsOpened');
  return { statusCode: 200, headers: { 'Sec-WebSocket-Protocol': SUBPROTOCOL } };
});
