import { answerRoute } from '../lib/actions/routes';
import { createGuard, createWorld } from '../lib/app/contexts';
import { connectionOf, type SocketEvent } from '../lib/aws/apiGateway/events';
import { watched } from '../lib/telemetry/withTelemetry';

const world = { ...createWorld(), ...createGuard() };

/** Answers every route but `sendMessage`, and frames that fit none. */
export const handler = watched('roomActions', async (event: SocketEvent, tally) => {
  if (event.requestContext.eventType !== 'MESSAGE') return { statusCode: 400 };
  const reply = await answerRoute({ ...world, tally }, connectionOf(event), event.body ?? '');
  return { statusCode: 200, body: JSON.stringify(reply) };
});
