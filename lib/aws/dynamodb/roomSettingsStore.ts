import type { RoomSettingsStore } from '../../ports/roomSettingsStore';
import { namesOf } from './attributeNames';
import { batchGet } from './batchGet';
import type { Database } from './database';
import { keyFor, toRules } from './roomSettingsRow';

/** Reads the rules of rooms from the Members table. */
export function createRoomSettingsStore(database: Database, table: string): RoomSettingsStore {
  return {
    async read(room) {
      const { Items = [] } = await database.call('Query', {
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: '#r = :room',
        ExpressionAttributeNames: namesOf(['r']),
        ExpressionAttributeValues: { ':room': keyFor(room).r },
      });
      return toRules(Items[0]);
    },

    async readAll(rooms) {
      const rows = await batchGet(database, table, [...new Set(rooms)].map(keyFor));
      const byKey = new Map(rows.map((row) => [row.r, row]));
      return rooms.map((room) => toRules(byKey.get(keyFor(room).r)));
    },
  };
}
