import { handleModeratorAction } from '../lib/actions/routes';
import { createModeratorContext } from '../lib/app/contexts';
import { withTelemetry } from '../lib/app/withTelemetry';
import { connectionOf, type SocketEvent } from '../lib/aws/apiGateway/events';

const context = createModeratorContext();

/** Answers the frames of moderators. */
export const handler = withTelemetry('moderatorActions', async (event: SocketEvent, metrics) => {
  if (event.requestContext.eventType !== 'MESSAGE') return { statusCode: 400 };
  const reply = await handleModeratorAction({ ...context, metrics }, connectionOf(event), event.body ?? '');
  return { statusCode: 200, body: JSON.stringify(reply) };
});
