import { EVERYWHERE, MAX_LISTED_BANS } from '../../ports/banStore';
import type { ConnectionRoomStore } from '../../ports/connectionRoomStore';
import { settleAll } from '../../util/settleAll';
import { namesOf } from './attributeNames';
import { changeConnection, getConnectionRow, HAS_PLACE } from './connectionRow';
import type { Database, Input } from './database';
import { createFrameUpdates, MAX_LEAVING } from './frameUpdates';
import { isOwnKey, roomKey, roomMark } from './roomKeys';
import { createRoomNames } from './roomNames';
import { userOf } from './userAttributes';

/** Rooms that a later ping tells of a join or a leave: of one more no room is told. */
const MAX_UNTOLD = 50;

/** Changes the rooms of a connection in its row. */
export function createConnectionRoomStore(database: Database, table: string): ConnectionRoomStore {
  const change = (id: string, update: Input) => changeConnection(database, table, id, update);
  const names = createRoomNames(database, table);

  return {
    ...createFrameUpdates(database, table, names),

    async beginLeave(id, room) {
      const left = 'DELETE #rooms :key, #lapsed :mark, #untold :mark ADD #fence :one';
      const names = ['rooms', 'lapsed', 'untold', 'fence', 'connection'];
      const values = {
        ':key': new Set([roomKey(id, room)]),
        ':mark': new Set([roomMark(id, room)]),
        ':one': 1,
      };
      const row =
        (await change(id, {
          UpdateExpression: `${left}, #leaving :key`,
          ConditionExpression:
            'attribute_exists(#connection) AND (attribute_not_exists(#leaving) OR size(#leaving) < :max)',
          ExpressionAttributeNames: namesOf([...names, 'leaving']),
          ExpressionAttributeValues: { ...values, ':max': MAX_LEAVING },
          ReturnValues: 'ALL_OLD',
        })) ??
        (await change(id, {
          UpdateExpression: left,
          ConditionExpression: 'attribute_exists(#connection)',
          ExpressionAttributeNames: namesOf(names),
          ExpressionAttributeValues: values,
          ReturnValues: 'ALL_OLD',
        }));
      return row && { fence: row.fence ?? 0 };
    },

    async finishLeave(id, room) {
      await change(id, {
        UpdateExpression: 'DELETE #leaving :left',
        ConditionExpression: 'attribute_exists(#connection)',
        ExpressionAttributeNames: namesOf(['leaving', 'connection']),
        ExpressionAttributeValues: { ':left': new Set([roomKey(id, room)]) },
      });
    },

    async noteUntold(id, room) {
      const row = await change(id, {
        UpdateExpression: 'ADD #untold :marks',
        ConditionExpression:
          'attribute_exists(#connection) AND (attribute_not_exists(#untold) OR size(#untold) < :max)',
        ExpressionAttributeNames: namesOf(['untold', 'connection']),
        ExpressionAttributeValues: { ':marks': new Set([roomMark(id, room)]), ':max': MAX_UNTOLD },
        ReturnValues: 'ALL_NEW',
      });
      // A long name has been kept since the join.
      if (row && isOwnKey(room) && !row.rooms?.has(room)) await names.keep(id, room, row.ttl);
    },

    async listUntold(id) {
      const [row, kept] = await settleAll(getConnectionRow(database, table, id), names.read(id));
      const rooms = new Set([...(row?.rooms ?? []), ...kept]);
      return [...rooms].filter((room) => row?.untold?.has(roomMark(id, room)));
    },

    async clearUntold(id, rooms) {
      await change(id, {
        UpdateExpression: 'DELETE #untold :marks',
        ConditionExpression: 'attribute_exists(#connection)',
        ExpressionAttributeNames: namesOf(['untold', 'connection']),
        ExpressionAttributeValues: { ':marks': new Set(rooms.map((room) => roomMark(id, room))) },
      });
    },

    async removeFromRoom(id, room) {
      const attributes = namesOf(['rooms', 'barred', 'lapsed', 'fence', 'connection']);
      const key = roomKey(id, room);
      const removed = { ':keys': new Set([key]), ':mark': new Set([roomMark(id, room)]), ':one': 1 };
      const row =
        (await change(id, {
          UpdateExpression: 'DELETE #rooms :keys, #lapsed :mark ADD #barred :keys, #fence :one',
          ConditionExpression: `attribute_exists(#connection) AND (${HAS_PLACE} OR contains(#barred, :key))`,
          ExpressionAttributeNames: attributes,
          ExpressionAttributeValues: { ...removed, ':key': key, ':max': MAX_LISTED_BANS },
          ReturnValues: 'ALL_OLD',
        })) ??
        (await change(id, {
          UpdateExpression: 'SET #barred = :everywhere DELETE #rooms :keys, #lapsed :mark ADD #fence :one',
          ConditionExpression: 'attribute_exists(#connection)',
          ExpressionAttributeNames: attributes,
          ExpressionAttributeValues: { ...removed, ':everywhere': new Set([EVERYWHERE]) },
          ReturnValues: 'ALL_OLD',
        }));
      if (!row) return undefined;
      if (isOwnKey(room) && row.untold?.has(roomMark(id, room))) await names.keep(id, room, row.ttl);
      return { user: userOf(row), fence: (row.fence ?? 0) + 1 };
    },

    async markLapsed(id, room, now) {
      const mark = roomMark(id, room);
      const row = await change(id, {
        UpdateExpression: 'ADD #lapsed :marks',
        ConditionExpression:
          '#lease <= :now AND contains(#rooms, :key)' +
          ' AND (attribute_not_exists(#lapsed) OR NOT contains(#lapsed, :mark))',
        ExpressionAttributeNames: namesOf(['rooms', 'lapsed', 'lease']),
        ExpressionAttributeValues: {
          ':marks': new Set([mark]),
          ':mark': mark,
          ':key': roomKey(id, room),
          ':now': now,
        },
        ReturnValues: 'ALL_NEW',
      });
      return row !== undefined;
    },
  };
}
