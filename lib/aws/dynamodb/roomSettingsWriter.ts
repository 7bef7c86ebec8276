import type { RoomSettingsWriter } from '../../ports/roomSettingsStore';
import { listOf, namesOf } from './attributeNames';
import { updateIfMet } from './conditional';
import type { Database } from './database';
import { keyFor, toRules } from './roomSettingsRow';
import { assign } from './updateExpression';

/** Changes the rules of rooms in the Members table. */
export function createRoomSettingsWriter(database: Database, table: string): RoomSettingsWriter {
  return {
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
        Key: keyFor(room),
        UpdateExpression: isAllOff ? `REMOVE ${listOf(Object.keys(given))}` : UpdateExpression,
        ExpressionAttributeNames: namesOf(Object.keys(given)),
        ...(!isAllOff && { ExpressionAttributeValues }),
        ReturnValues: 'ALL_NEW',
      });
      return toRules(Attributes);
    },

    async noteMute(room, until) {
      await updateIfMet(database, table, keyFor(room), {
        UpdateExpression: 'SET #mutedUntil = :until',
        ConditionExpression: 'attribute_not_exists(#mutedUntil) OR #mutedUntil < :until',
        ExpressionAttributeNames: namesOf(['mutedUntil']),
        ExpressionAttributeValues: { ':until': until },
      });
    },
  };
}
