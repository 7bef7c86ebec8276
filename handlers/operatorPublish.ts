import { createBackEnd } from '../lib/app/contexts';
import { publishFor } from '../lib/delivery/publishForBackEnd';
import { parseOrder } from '../lib/operator/publishCommand';
import type { Ack, Failure } from '../lib/protocol';
import { watched } from '../lib/telemetry/withTelemetry';

const world = createBackEnd();

/** Publishes for whoever may invoke this function: a message, its room and in whose name. */
export const handler = watched('operatorPublish', async (event: unknown, tally): Promise<Ack | Failure> => {
  const order = parseOrder(event);
  return order.ok ? publishFor({ ...world, tally }, order.author, order.publication) : order.failure;
});
