import { handleSendMessage } from '../lib/actions/routes';
import { createPublishContext } from '../lib/app/contexts';
import { createCooldownContext, createSendQuotaContext } from '../lib/app/featureContexts';
import { withTelemetry } from '../lib/app/withTelemetry';
import { connectionOf, type SocketEvent } from '../lib/aws/apiGateway/events';

const context = { ...createPublishContext(), ...createSendQuotaContext(), ...createCooldownContext() };

/** Publishes a message, an edit or a deletion, and replies with its acknowledgement. */
export const handler = withTelemetry('sendMessage', async (event: SocketEvent, metrics) => {
  if (event.requestContext.eventType !== 'MESSAGE') return { statusCode: 400 };
  const reply = await handleSendMessage({ ...context, metrics }, connectionOf(event), event.body ?? '');
  return { statusCode: 200, body: JSON.stringify(reply) };
});
