import { createBackEnd } from '../lib/app';
import { publishFor } from '../lib/backEnd';
import type { Ack, Failure } from '../lib/protocol';
import { parseOrder } from '../lib/publishOrder';
import { watched } from '../lib/watched';

const world = createBackEnd();

/** Publishes for whoever may invoke this function: a message, its room and in whose name. */
export const handler = watched('publish', async (event: unknown, tally): Promise<Ack | Failure> => {
  const order = parseOrder(event);
  return order.ok ? publishFor({ ...world, tally }, order.author, order.publication) : order.failure;
});
