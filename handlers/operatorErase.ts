import { createArchive } from '../lib/app/contexts';
import { type Erased, eraseRoom, eraseUser } from '../lib/operator/eraseCommand';
import { readEraseOrder } from '../lib/operator/parseCommand';
import type { Place } from '../lib/ports/ports';
import { watched } from '../lib/telemetry/withTelemetry';

const archive = createArchive();

/** Erases messages for whoever may invoke this function: `{"room", "next"?}` or `{"user", "next"?}`. */
export const handler = watched(
  'operatorErase',
  async (event: unknown, tally): Promise<Erased<number | Place>> => {
    const order = readEraseOrder(event);
    if ('user' in order) return eraseUser(archive, order.user, order.next);
    tally.note({ room: order.room });
    return eraseRoom(archive, order.room, order.next);
  },
);
