import { answerSend } from '../lib/actions/routes';
import { createGuard, createMeter, createPublisher } from '../lib/app/contexts';
import { connectionOf, type SocketEvent } from '../lib/aws/apiGateway/events';
import { watched } from '../lib/telemetry/withTelemetry';

const world = { ...createPublisher(), ...createMeter(), ...createGuard() };

/** Publishes a message and replies with its acknowledgement. */
export const handler = watched('sendMessage', async (event: SocketEvent, tally) => {
  if (event.requestContext.eventType !== 'MESSAGE') return { statusCode: 400 };
  const reply = await answerSend({ ...world, tally }, connectionOf(event), event.body ?? '');
  return { statusCode: 200, body: JSON.stringify(reply) };
});
