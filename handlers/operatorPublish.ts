import { createBackEndContext } from '../lib/app/contexts';
import { publishAsOperator } from '../lib/delivery/publishForBackEnd';
import { parsePublishCommand } from '../lib/operator/publishCommand';
import type { Ack, ErrorFrame } from '../lib/protocol';
import { withTelemetry } from '../lib/telemetry/withTelemetry';

const context = createBackEndContext();

/** Publishes for whoever may invoke this function: a message, its room and in whose name. */
export const handler = withTelemetry(
  'publish',
  async (event: unknown, metrics): Promise<Ack | ErrorFrame> => {
    const order = parsePublishCommand(event);
    return order.ok
      ? publishAsOperator({ ...context, metrics }, order.author, order.publication)
      : order.failure;
  },
);
