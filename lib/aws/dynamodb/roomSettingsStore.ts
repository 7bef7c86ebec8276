import type { RoomRules, RoomSettingsStore } from '../../ports/roomSettingsStore';
import { listOf, namesOf } from './attributeNames';
import type { Row } from './attributeValues';
import { batchGet } from './batchGet';
import { updateIfMet } from './conditional';
import type { Database } from './database';
import { settingsKey } from './settingsKey';
import { assign } from './updateExpression';

/** Keeps a row a room in the Members table. */
export function createRoomSettingsStore(database: Database, table: string): RoomSettingsStore {
  return {
    async read(room) {
      const { Items = [] } = await database.call('Query', {
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: '#r = :room',
        ExpressionAttributeNames: namesOf(['r']),
        ExpressionAttributeValues: { ':room': settingsKey(room).r },
      });
      return toRules(Items[0]);
    },

    async readAll(rooms) {
      const rows = await batchGet(database, table, [...new Set(rooms)].map(settingsKey));
      const byKey = new Map(rows.map((row) => [row.r, row]));
      return rooms.map((room) => toRules(byKey.get(settingsKey(room).r)));
    },

    async change(room, { title, slow, readOnly, private: isPrivate }) {
      const given = {
        ...(title !== undefined && { title }),
        ...(slow !== undefined && { slow }),
        ...(readOnly !== undefined && { readOnly: readOnly ? 1 : 0 }),
        ...(isPrivate !== undefined && { private: isPrivate ? 1 : 0 }),
      };
      // What is off has no attribute.
      const on = Object.fromEntries(Object.entries(given).filter(([, value]) => value));
      const { UpdateExpression = '', ExpressionAttributeValues } = assign(on, Object.keys(given));
      const isAllOff = Object.keys(on).length === 0;
      const { Attributes } = await database.call('UpdateItem', {
        TableName: table,
        Key: settingsKey(room),
        UpdateExpression: isAllOff ? `REMOVE ${listOf(Object.keys(given))}` : UpdateExpression,
        ExpressionAttributeNames: namesOf(Object.keys(given)),
        ...(!isAllOff && { ExpressionAttributeValues }),
        ReturnValues: 'ALL_NEW',
      });
      return toRules(Attributes);
    },

    async noteMute(room, until) {
      await updateIfMet(database, table, settingsKey(room), {
        UpdateExpression: 'SET #mutedUntil = :until',
        ConditionExpression: 'attribute_not_exists(#mutedUntil) OR #mutedUntil < :until',
        ExpressionAttributeNames: namesOf(['mutedUntil']),
        ExpressionAttributeValues: { ':until': until },
      });
    },
  };
}

function toRules({ title, slow, readOnly, private: isPrivate, mutedUntil }: Row = {}): RoomRules {
  return {
    settings: {
      ...(title !== undefined && { title: String(title) }),
      ...(slow !== undefined && { slow: Number(slow) }),
      ...(readOnly !== undefined && { readOnly: true }),
      ...(isPrivate !== undefined && { private: true }),
    },
    mutedUntil: Number(mutedUntil ?? 0),
  };
}
