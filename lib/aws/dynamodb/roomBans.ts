import type { RoomBanStore } from '../../ports/roomBanStore';
import { LIMITS, type RoomBan } from '../../protocol';
import { settleAll } from '../../util/settleAll';
import { namesOf } from './attributeNames';
import type { Row } from './attributeValues';
import { type BanRow, banKey, readBanRows } from './banRows';
import { ifMet, updateIfMet } from './conditional';
import type { Database } from './database';
import { isMuteKey, readMutes } from './restrictionRows';

/**
 * Lists the bans and mutes of each room in the Members table, beside the room's members: no room's name has a `#`. A
 * row holds the key of one and nothing of its user. It stays until the longest ban of its user has ended, lifted or not: the
 * ban's own row says what holds.
 */
export function createRoomBans(
  database: Database,
  tables: { connections: string; members: string },
): RoomBanStore {
  return {
    async add(user, room, until) {
      await ifMet(
        database.call('PutItem', {
          TableName: tables.members,
          Item: { r: partitionOf(room), c: banKey(user, room), e: Math.ceil(until / 1000) },
          ConditionExpression: 'attribute_not_exists(#e) OR #e < :e',
          ExpressionAttributeNames: namesOf(['e']),
          ExpressionAttributeValues: { ':e': Math.ceil(until / 1000) },
        }),
      );
    },

    async nameUser({ id, name }, room) {
      await updateIfMet(
        database,
        tables.connections,
        { connection: banKey(id, room) },
        {
          UpdateExpression: 'SET #name = :name',
          ConditionExpression: 'attribute_exists(#until)',
          ExpressionAttributeNames: namesOf(['name', 'until']),
          ExpressionAttributeValues: { ':name': name },
        },
      );
    },

    async readPage(room, from, limit, now) {
      const { Items = [], LastEvaluatedKey } = await database.call('Query', {
        TableName: tables.members,
        ConsistentRead: true,
        KeyConditionExpression: '#r = :room',
        ExpressionAttributeNames: namesOf(['r']),
        ExpressionAttributeValues: { ':room': partitionOf(room) },
        Limit: limit,
        ExclusiveStartKey: from === undefined ? undefined : { r: partitionOf(room), c: from },
      });
      const keys = Items.map(keyIn);
      const [rows, mutes] = await settleAll(
        readBanRows(
          database,
          tables.connections,
          keys.filter((key) => !isMuteKey(key)),
        ),
        readMutes(database, tables.members, room, keys.filter(isMuteKey)),
      );
      const bans = [...rows.flatMap(toBan), ...mutes].filter(({ until }) => until > now);
      return LastEvaluatedKey ? { bans, next: keyIn(LastEvaluatedKey) } : { bans };
    },
  };
}

function partitionOf(room: string): string {
  return `ban#${room}`;
}

function keyIn(row: Row): string {
  return String(row.c);
}

function toBan({ user, name, until, at, by, byName }: BanRow): RoomBan[] {
  if (user === undefined) return [];
  return [
    {
      user: { id: user, name: name ?? user.slice(0, LIMITS.nameCharacters) },
      until,
      at: at ?? 0,
      ...(by !== undefined && { by: { id: by, name: byName ?? by } }),
    },
  ];
}
