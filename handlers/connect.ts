import { createOpenConnectionContext } from '../lib/app/contexts';
import { withTelemetry } from '../lib/app/withTelemetry';
import { handshakeOf, type SocketEvent } from '../lib/aws/apiGateway/events';
import { openConnection } from '../lib/connections/openConnection';
import { REFUSED_SUBPROTOCOL, SUBPROTOCOL } from '../lib/protocol';
import { viewerOf } from '../lib/telemetry/viewer';

const context = createOpenConnectionContext();

const REFUSED = { banned: 403, coolingDown: 429, tooMany: 429 };

/**
 * Records a connection the authorizer has let in, and picks its subprotocol. No client reads the status of a refused
 * handshake in a browser: one that offers to is told on a connection of its own.
 */
export const handler = withTelemetry('connect', async (event: SocketEvent, metrics) => {
  if (event.requestContext.eventType !== 'CONNECT') return { statusCode: 400 };
  const handshake = handshakeOf(event);
  metrics.annotate({ client: { userId: handshake.user.id, ...viewerOf(event.multiValueHeaders ?? {}) } });
  const outcome = await openConnection(context, handshake);
  if (outcome === 'opened') {
    metrics.annotate({ outcome });
    metrics.increment('ConnectionsOpened');
    return accept(SUBPROTOCOL);
  }
  metrics.increment('ConnectionsRefused');
  metrics.annotate({ outcome: 'refused', reason: outcome });
  const isTold = handshake.takesRefusal && outcome !== 'coolingDown';
  return isTold ? accept(REFUSED_SUBPROTOCOL) : { statusCode: REFUSED[outcome] };
});

function accept(subprotocol: string) {
  return { statusCode: 200, headers: { 'Sec-WebSocket-Protocol': subprotocol } };
}
