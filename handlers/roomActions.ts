import { handleRoomAction } from '../lib/actions/routes';
import { createDeliveryContext } from '../lib/app/contexts';
import {
  createConnectionRoomContext,
  createDraftContext,
  createFollowContext,
  createListedMemberContext,
  createReactionContext,
  createReportContext,
  createSendQuotaContext,
  createUnreadContext,
  createUserContext,
} from '../lib/app/featureContexts';
import { withTelemetry } from '../lib/app/withTelemetry';
import { connectionOf, type SocketEvent } from '../lib/aws/apiGateway/events';

const context = {
  ...createDeliveryContext(),
  ...createConnectionRoomContext(),
  ...createUserContext(),
  ...createReactionContext(),
  ...createSendQuotaContext(),
  ...createDraftContext(),
  ...createFollowContext(),
  ...createUnreadContext(),
  ...createListedMemberContext(),
  ...createReportContext(),
};

/** Answers every route but those of publications and of moderators, and frames that fit none. */
export const handler = withTelemetry('roomActions', async (event: SocketEvent, metrics) => {
  if (event.requestContext.eventType !== 'MESSAGE') return { statusCode: 400 };
  const reply = await handleRoomAction({ ...context, metrics }, connectionOf(event), event.body ?? '');
  return { statusCode: 200, body: JSON.stringify(reply) };
});
