import { createGuard, createPublisher } from '../lib/app/contexts';
import { carryOutOrder, parseOrder } from '../lib/operator/banCommand';
import { watched } from '../lib/telemetry/withTelemetry';

const world = { ...createPublisher(), ...createGuard() };

/** Carries out what an operator orders: only IAM lets anybody invoke this, and no API leads here. */
export const handler = watched('operatorBan', async (event: unknown, tally) => {
  const order = parseOrder(event);
  tally.note({
    action: order.order,
    userId: order.user,
    ...(order.room !== undefined && { room: order.room }),
  });
  return { done: await carryOutOrder({ ...world, tally }, order) };
});
