import { type Ban, type BanStore, EVERYWHERE, MAX_LISTED_BANS } from '../../ports/banStore';
import { namesOf } from './attributeNames';
import type { Row } from './attributeValues';
import { banKey, readBanRows } from './banRows';
import { ifMet, updateIfMet } from './conditional';
import type { Database } from './database';
import { assign } from './updateExpression';
import { createUserRows, ttlAt, type UserRow } from './userRows';

/**
 * Keeps one row for each ban in the Connections table. The row holds the longest ban of its room, so no number of bans
 * makes a row grow. A ban from every room depends on no other ban. The row names its user and its room, so that
 * operators can list bans.
 */
export function createBans(database: Database, table: string): BanStore {
  const users = createUserRows(database, table);

  /** Writes a ban's own row, unless it holds a longer one. */
  const writeBan = (user: string, { room, until, by, isSignOut }: Ban, at: number) => {
    const values: Row = {
      ...{ until, at, user, room, ttl: Math.ceil(until / 1000) },
      ...(by && { by: by.id, byName: by.name }),
      ...(isSignOut && { signOut: 1 }),
    };
    const optional = ['by', 'byName', 'signOut'];
    return updateIfMet(
      database,
      table,
      { connection: banKey(user, room) },
      {
        ...assign(values, optional),
        ConditionExpression: 'attribute_not_exists(#until) OR #until < :until',
        ExpressionAttributeNames: namesOf([...new Set([...Object.keys(values), ...optional])]),
      },
    );
  };

  /** Lists a room as banned, if it fits; gives the user's row. */
  const listRoom = (user: string, room: string, now: number) =>
    ifMet(
      users.update(user, {
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
    const { bannedRooms = new Set<string>(), bansVersion = 0 } = (await users.read(user)) ?? {};
    const inForce = await banned(user, [...bannedRooms], now);
    const over = [...bannedRooms].filter((room) => !inForce.has(room));
    if (over.length === 0) return;
    await ifMet(
      users.update(user, {
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
      users.update(user, {
        UpdateExpression: 'SET #unlistedUntil = :until, #ttl = :ttl',
        ConditionExpression: 'attribute_not_exists(#unlistedUntil) OR #unlistedUntil < :until',
        ExpressionAttributeNames: { '#unlistedUntil': 'unlistedUntil', '#ttl': 'ttl' },
        ExpressionAttributeValues: { ':until': until, ':ttl': ttlAt(now) },
        ReturnValues: 'ALL_NEW',
      }),
    );
    return noted.met ? noted.output : users.read(user);
  };

  /** Gives the bans in force from some rooms: the end of each, by room. */
  const banned = async (
    user: string,
    rooms: readonly string[],
    now: number,
  ): Promise<Map<string, number>> => {
    const roomOf = new Map(rooms.map((room) => [banKey(user, room), room]));
    const rows = await readBanRows(database, table, [...roomOf.keys()]);
    const inForce = rows.filter(({ until }) => until > now);
    return new Map(inForce.map(({ connection, until }) => [roomOf.get(connection) ?? '', until]));
  };

  return {
    async addBan(user, ban, now) {
      const { room, until } = ban;
      await writeBan(user, ban, now);
      const connectionsOf = (row: UserRow | undefined) => [...(row?.connections ?? [])];
      if (room === EVERYWHERE) return connectionsOf(await users.read(user));
      const listed = await listRoom(user, room, now);
      if (listed.met) return connectionsOf(listed.output);
      await unlistRooms(user, now);
      const relisted = await listRoom(user, room, now);
      return connectionsOf(relisted.met ? relisted.output : await noteUnlisted(user, until, now));
    },

    // The room stays listed, which costs a check at its next join. A full list is cleaned.
    async removeBan(user, room) {
      await database.call('DeleteItem', { TableName: table, Key: { connection: banKey(user, room) } });
    },

    async findBan(user, rooms, now) {
      const inForce = await banned(user, rooms, now);
      return inForce.size > 0 ? Math.max(...inForce.values()) : undefined;
    },

    async findBans(user, rooms, now) {
      return new Set((await banned(user, rooms, now)).keys());
    },
  };
}
