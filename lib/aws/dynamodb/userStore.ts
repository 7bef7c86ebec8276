import { type Ban, EVERYWHERE, MAX_LISTED_BANS, type UserStore } from '../../ports/userStore';
import { batchGet } from './batchGet';
import { ifMet } from './conditional';
import type { Database, Input } from './database';
import { keyOf } from './hashedKey';

/** Rows stay this long after they were last written, in seconds: longer than any ban lasts. */
const ROW_TTL_SECONDS = 400 * 24 * 3600;

type UserRow = {
  connections?: Set<string>;
  /** Rooms with a ban of their own, in force or over: at most {@link MAX_LISTED_BANS}. */
  bannedRooms?: Set<string>;
  /** Until then there may be a ban from a room that is not listed, in milliseconds since the epoch. */
  unlistedUntil?: number;
  /** How often a ban was given. */
  bansVersion?: number;
  /** No connection is added before. */
  cooldownUntil?: number;
};

/**
 * Keeps one row a user in the Connections table, and one for each ban, under keys that no connection has. A ban's row
 * holds the longest ban of its room, so no number of bans makes a row grow. A ban from every room depends on no other
 * ban.
 */
export function createUserStore(database: Database, table: string): UserStore {
  const update = async (user: string, input: Input): Promise<UserRow | undefined> => {
    const { Attributes } = await database.call('UpdateItem', {
      TableName: table,
      Key: { connection: keyOf('user', user) },
      ...input,
    });
    return Attributes as UserRow | undefined;
  };

  const read = async (user: string): Promise<UserRow | undefined> => {
    const { Item } = await database.call('GetItem', {
      TableName: table,
      Key: { connection: keyOf('user', user) },
      ConsistentRead: true,
    });
    return Item as UserRow | undefined;
  };

  /** Writes a ban's own row, unless it holds a longer one. */
  const writeBan = (user: string, { room, until }: Ban) =>
    ifMet(
      database.call('UpdateItem', {
        TableName: table,
        Key: { connection: keyOf('ban', user, room) },
        UpdateExpression: 'SET #until = :until, #ttl = :ttl',
        ConditionExpression: 'attribute_not_exists(#until) OR #until < :until',
        ExpressionAttributeNames: { '#until': 'until', '#ttl': 'ttl' },
        ExpressionAttributeValues: { ':until': until, ':ttl': Math.ceil(until / 1000) },
      }),
    );

  /** Lists a room as banned, if it fits; gives the user's row. */
  const listRoom = (user: string, room: string, now: number) =>
    ifMet(
      update(user, {
        UpdateExpression: 'SET #ttl = :ttl ADD #banned :rooms, #version :one',
        ConditionExpression:
          'attribute_not_exists(#banned) OR size(#banned) < :max OR contains(#banned, :room)',
        ExpressionAttributeNames: { '#banned': 'bannedRooms', '#version': 'bansVersion', '#ttl': 'ttl' },
        ExpressionAttributeValues: {
          ':rooms': new Set([room]),
          ':room': room,
          ':one': 1,
          ':max': MAX_LISTED_BANS,
          ':ttl': ttlAt(now),
        },
        ReturnValues: 'ALL_NEW',
      }),
    );

  /** Takes rooms off the list whose ban is over, unless another ban is given meanwhile. */
  const unlistRooms = async (user: string, now: number): Promise<void> => {
    const { bannedRooms = new Set<string>(), bansVersion = 0 } = (await read(user)) ?? {};
    const inForce = await banned(user, [...bannedRooms], now);
    const over = [...bannedRooms].filter((room) => !inForce.has(room));
    if (over.length === 0) return;
    await ifMet(
      update(user, {
        UpdateExpression: 'DELETE #banned :over',
        ConditionExpression: '#version = :version',
        ExpressionAttributeNames: { '#banned': 'bannedRooms', '#version': 'bansVersion' },
        ExpressionAttributeValues: { ':over': new Set(over), ':version': bansVersion },
      }),
    );
  };

  /** Makes every join of the user's later connections look for a ban; gives the user's row. */
  const noteUnlisted = async (user: string, until: number, now: number): Promise<UserRow | undefined> => {
    const noted = await ifMet(
      update(user, {
        UpdateExpression: 'SET #unlistedUntil = :until, #ttl = :ttl',
        ConditionExpression: 'attribute_not_exists(#unlistedUntil) OR #unlistedUntil < :until',
        ExpressionAttributeNames: { '#unlistedUntil': 'unlistedUntil', '#ttl': 'ttl' },
        ExpressionAttributeValues: { ':until': until, ':ttl': ttlAt(now) },
        ReturnValues: 'ALL_NEW',
      }),
    );
    return noted.met ? noted.output : read(user);
  };

  /** Gives those of some rooms that a ban in force names. */
  const banned = async (user: string, rooms: readonly string[], now: number): Promise<Set<string>> => {
    const roomOf = new Map(rooms.map((room) => [keyOf('ban', user, room), room]));
    const keys = [...roomOf.keys()].map((connection) => ({ connection }));
    const rows = await batchGet(database, table, keys, ['connection', 'until']);
    const inForce = rows.filter(({ until }) => Number(until) > now);
    return new Set(inForce.map(({ connection }) => roomOf.get(String(connection)) ?? ''));
  };

  return {
    async addConnection(user, connection, maxConnections, now) {
      const added = await ifMet(
        update(user, {
          UpdateExpression: 'SET #ttl = :ttl ADD #connections :added',
          ConditionExpression:
            'contains(#connections, :connection) OR ((attribute_not_exists(#cooldownUntil) OR #cooldownUntil <= :now)' +
            ' AND (attribute_not_exists(#connections) OR size(#connections) < :most))',
          ExpressionAttributeNames: {
            '#connections': 'connections',
            '#cooldownUntil': 'cooldownUntil',
            '#ttl': 'ttl',
          },
          ExpressionAttributeValues: {
            ':added': new Set([connection]),
            ':connection': connection,
            ':most': maxConnections,
            ':now': now,
            ':ttl': ttlAt(now),
          },
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      if (!added.met) {
        const refusing = (added.row as UserRow | undefined) ?? (await read(user));
        const until = refusing?.cooldownUntil ?? 0;
        if (until > now) return { kind: 'coolingDown', until };
        return { kind: 'tooMany', connections: [...(refusing?.connections ?? [])] };
      }
      if ((await banned(user, [EVERYWHERE], now)).size > 0) return { kind: 'banned' };
      const row = added.output;
      const isAnyRoom = (row?.unlistedUntil ?? 0) > now;
      return { kind: 'added', banCheckRooms: isAnyRoom ? [EVERYWHERE] : [...(row?.bannedRooms ?? [])] };
    },

    async startCooldown(user, until) {
      await update(user, {
        UpdateExpression: 'SET #cooldownUntil = :until, #ttl = :ttl',
        ExpressionAttributeNames: { '#cooldownUntil': 'cooldownUntil', '#ttl': 'ttl' },
        ExpressionAttributeValues: { ':until': until, ':ttl': ttlAt(until) },
      });
    },

    async removeConnections(user, connections) {
      if (connections.length === 0) return;
      await update(user, {
        UpdateExpression: 'DELETE #connections :gone',
        ExpressionAttributeNames: { '#connections': 'connections' },
        ExpressionAttributeValues: { ':gone': new Set(connections) },
      });
    },

    async addBan(user, ban, now) {
      const { room, until } = ban;
      await writeBan(user, ban);
      const connectionsOf = (row: UserRow | undefined) => [...(row?.connections ?? [])];
      if (room === EVERYWHERE) return connectionsOf(await read(user));
      const listed = await listRoom(user, room, now);
      if (listed.met) return connectionsOf(listed.output);
      await unlistRooms(user, now);
      const relisted = await listRoom(user, room, now);
      return connectionsOf(relisted.met ? relisted.output : await noteUnlisted(user, until, now));
    },

    // The room stays listed, which costs a check at its next join. A full list is cleaned.
    async removeBan(user, room) {
      await database.call('DeleteItem', { TableName: table, Key: { connection: keyOf('ban', user, room) } });
    },

    isBanned: async (user, room, now) => (await banned(user, [room, EVERYWHERE], now)).size > 0,
  };
}

function ttlAt(now: number): number {
  return Math.ceil(now / 1000) + ROW_TTL_SECONDS;
}
