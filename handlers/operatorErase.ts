import { createErasureContext } from '../lib/app/operatorContexts';
import { withTelemetry } from '../lib/app/withTelemetry';
import { type ErasePage, eraseRoom, eraseUser } from '../lib/operator/eraseCommand';
import { parseEraseCommand } from '../lib/operator/parseCommand';
import type { LogPosition } from '../lib/ports/logStore';

const begin = createErasureContext();

/** Erases messages for an operator: `{"room", "next"?}` or `{"user", "next"?}`. */
export const handler = withTelemetry(
  'erase',
  async (event: unknown, metrics): Promise<ErasePage<number | LogPosition>> => {
    const context = { ...begin(), metrics };
    const order = parseEraseCommand(event);
    if ('room' in order) metrics.annotate({ room: order.room });
    if ('user' in order) return eraseUser(context, order.user, order.next);
    return eraseRoom(context, order.room, order.next);
  },
);
