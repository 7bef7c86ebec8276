import { answerModeration } from '../lib/actions/routes';
import { createGuard, createPublisher } from '../lib/app/contexts';
import { connectionOf, type SocketEvent } from '../lib/aws/apiGateway/events';
import { watched } from '../lib/telemetry/withTelemetry';

const world = { ...createPublisher(), ...createGuard() };

/** Answers the frames of who looks after a room. */
export const handler = watched('moderatorActions', async (event: SocketEvent, tally) => {
  if (event.requestContext.eventType !== 'MESSAGE') return { statusCode: 400 };
  const reply = await answerModeration({ ...world, tally }, connectionOf(event), event.body ?? '');
  return { statusCode: 200, body: JSON.stringify(reply) };
});
