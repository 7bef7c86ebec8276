import { createRoomsContext } from '../lib/app/operatorContexts';
import { withTelemetry } from '../lib/app/withTelemetry';
import { listRooms, type RoomsPage, showRoom } from '../lib/operator/listRooms';
import { parseRoomsCommand } from '../lib/operator/parseCommand';

const context = createRoomsContext();

/** Lists one room, or a part of all rooms, for an operator, each with its newest entry: `{"room"}` or `{"next"?}`. */
export const handler = withTelemetry('operatorRooms', async (event: unknown, metrics): Promise<RoomsPage> => {
  const order = parseRoomsCommand(event);
  if (!('room' in order)) return listRooms(context, order.next);
  metrics.annotate({ room: order.room });
  return showRoom(context, order.room);
});
