import { createErasureContext } from '../lib/app/operatorContexts';
import { withTelemetry } from '../lib/app/withTelemetry';
import { type ErasePage, eraseRoom, eraseUser } from '../lib/operator/eraseCommand';
import { parseEraseCommand } from '../lib/operator/parseCommand';
import type { LogPosition } from '../lib/ports/logStore';

const shared = createErasureContext();

/** Erases messages for an operator: `{"room", "next"?}` or `{"user", "next"?}`. */
export const handler = withTelemetry(
  'erase',
  async (event: unknown, metrics): Promise<ErasePage<number | LogPosition>> => {
    const context = { ...shared, metrics };
    const order = parseEraseCommand(event);
    if ('room' in order) metrics.annotate({ room: order.room });
    try {
      if ('user' in order) return await eraseUser(context, order.user, order.next);
      return await eraseRoom(context, order.room, order.next);
    } finally {
      await context.wakeRooms?.();
    }
  },
);
