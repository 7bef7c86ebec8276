import { answerAsOperator, type BackEndReply } from '../lib/actions/backEndRequests';
import { createBackEndContext } from '../lib/app/contexts';
import { withTelemetry } from '../lib/app/withTelemetry';
import { parsePublishCommand } from '../lib/operator/publishCommand';

const context = createBackEndContext();

/** Answers an operator: what to do in a room, and in whose name. */
export const handler = withTelemetry('publish', async (event: unknown, metrics): Promise<BackEndReply> => {
  const order = parsePublishCommand(event);
  return order.ok ? answerAsOperator({ ...context, metrics }, order.author, order.request) : order.failure;
});
