import { handleRoomAction } from '../lib/actions/routes';
import {
  createChatContext,
  createDraftContext,
  createFollowContext,
  createMembershipContext,
  createOwnReactionContext,
  createUserContext,
} from '../lib/app/contexts';
import { withTelemetry } from '../lib/app/withTelemetry';
import { connectionOf, type SocketEvent } from '../lib/aws/apiGateway/events';

const context = {
  ...createChatContext(),
  ...createUserContext(),
  ...createOwnReactionContext(),
  ...createDraftContext(),
  ...createFollowContext(),
  ...createMembershipContext(),
};

/** Answers every route but `sendMessage`, and frames that fit none. */
export const handler = withTelemetry('roomActions', async (event: SocketEvent, metrics) => {
  if (event.requestContext.eventType !== 'MESSAGE') return { statusCode: 400 };
  const reply = await handleRoomAction({ ...context, metrics }, connectionOf(event), event.body ?? '');
  return { statusCode: 200, body: JSON.stringify(reply) };
});
