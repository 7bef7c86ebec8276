import type { HeldQueue } from '../../ports/heldStore';
import type { Row } from './attributeValues';
import { batchGet } from './batchGet';
import type { Database } from './database';
import { type HeldRow, partitionOfRoom, rowAt, toHeld } from './heldRows';
import { isOpen, queryPartition } from './memberRows';

/** Lists the rows of the held store by room, and ends them. */
export function createHeldQueue(database: Database, table: string): HeldQueue {
  const remove = (key: Row) => database.call('DeleteItem', { TableName: table, Key: key });

  /** Reads the rows of some places of a room's list. An older place of a row that was written again counts for nothing. */
  const readAt = async (room: string, places: readonly string[], now: number) => {
    const keys = new Map(places.map((place) => rowAt(room, place)).map((key) => [key.r + key.c, key]));
    const rows = (await batchGet(database, table, [...keys.values()])) as HeldRow[];
    const open = rows.filter(isOpen(now)).map(toHeld);
    return places.flatMap((place) => open.find(({ held }) => held === place) ?? []);
  };

  return {
    async find(room, held, now) {
      return (await readAt(room, [held], now))[0];
    },

    async readPage(room, from, limit, now) {
      const r = partitionOfRoom(room);
      const start = from === undefined ? {} : { ExclusiveStartKey: { r, c: from } };
      const { Items = [], LastEvaluatedKey } = await queryPartition(database, table, r, {
        Limit: limit,
        ...start,
      });
      const places = Items.map(({ c }) => String(c));
      const messages = await readAt(room, places, now);
      return LastEvaluatedKey ? { messages, next: String(LastEvaluatedKey.c) } : { messages };
    },

    async remove(room, held) {
      await remove(rowAt(room, held));
      await remove({ r: partitionOfRoom(room), c: held });
    },
  };
}
