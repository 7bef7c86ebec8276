import { publishAsOperator } from '../lib/actions/publishForBackEnd';
import { createBackEndContext } from '../lib/app/contexts';
import { withTelemetry } from '../lib/app/withTelemetry';
import { parsePublishCommand } from '../lib/operator/publishCommand';
import type { Ack, ErrorFrame } from '../lib/protocol';

const context = createBackEndContext();

/** Publishes for an operator: a message, its room and its author. */
export const handler = withTelemetry(
  'publish',
  async (event: unknown, metrics): Promise<Ack | ErrorFrame> => {
    const order = parsePublishCommand(event);
    return order.ok
      ? publishAsOperator({ ...context, metrics }, order.author, order.publication)
      : order.failure;
  },
);
