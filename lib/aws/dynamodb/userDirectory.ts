import { EVERYWHERE } from '../../ports/banStore';
import type { DirectoryPage, OpenConnection, StandingBan, UserDirectory } from '../../ports/userDirectory';
import { listOf, namesOf } from './attributeNames';
import type { Row } from './attributeValues';
import { banKey } from './banRows';
import { batchGet } from './batchGet';
import type { Database } from './database';
import { roomsOf } from './roomKeys';
import { type RoomNamesRow, roomNamesKey } from './roomNames';
import { createUserRows } from './userRows';

/** Rows that one call looks at: of any kind, for the table has several. */
const ROWS_PER_CALL = 1_000;

const CONNECTION = ['connection', 'user', 'name', 'expires', 'lease'] as const;
const DEVICE = [...CONNECTION, 'firstLease', 'rooms', 'names'] as const;
const BAN = ['user', 'room', 'until', 'signOut'] as const;

/** Reads users, their connections and their bans from the Connections table, for operators. */
export function createUserDirectory(database: Database, table: string): UserDirectory {
  const users = createUserRows(database, table);

  const scan = async (
    attributes: readonly string[],
    filter: string,
    now: number,
    from: string | undefined,
  ): Promise<DirectoryPage<Row>> => {
    const { Items = [], LastEvaluatedKey } = await database.call('Scan', {
      TableName: table,
      ConsistentRead: true,
      Limit: ROWS_PER_CALL,
      FilterExpression: filter,
      ProjectionExpression: listOf(attributes),
      ExpressionAttributeNames: namesOf(attributes),
      ExpressionAttributeValues: { ':now': now },
      ExclusiveStartKey: from === undefined ? undefined : { connection: from },
    });
    return { found: Items, ...(LastEvaluatedKey && { next: String(LastEvaluatedKey.connection) }) };
  };

  return {
    async read(user, now) {
      const {
        connections = new Set<string>(),
        bannedRooms = new Set<string>(),
        unlistedUntil = 0,
      } = (await users.read(user)) ?? {};
      const open = await batchGet(
        database,
        table,
        [...connections].flatMap((connection) => [{ connection }, roomNamesKey(connection)]),
        DEVICE,
      );
      const rows = new Map(open.map((row) => [row.connection, row]));
      const roomOf = new Map([EVERYWHERE, ...bannedRooms].map((room) => [banKey(user, room), room]));
      const keys = [...roomOf.keys()].map((connection) => ({ connection }));
      const bans = await batchGet(database, table, keys, ['connection', 'until', 'signOut']);
      return {
        devices: open
          .filter(({ expires }) => Number(expires) > now)
          .map((row) => {
            const connection = connectionOf(row);
            const { names } = (rows.get(roomNamesKey(connection.id).connection) ?? {}) as RoomNamesRow;
            const keys = row.rooms instanceof Set ? row.rooms : new Set<string>();
            return {
              ...connection,
              firstLease: Number(row.firstLease),
              rooms: roomsOf(connection.id, keys, names),
            };
          }),
        bans: bans
          .map((row) => banOf({ ...row, user, room: roomOf.get(String(row.connection)) ?? '' }))
          .filter(({ until }) => until > now),
        hasMoreBans: unlistedUntil > now,
      };
    },

    async scanConnections(now, from) {
      const page = await scan(CONNECTION, 'attribute_exists(#lease) AND #expires > :now', now, from);
      return { ...page, found: page.found.map(connectionOf) };
    },

    async scanBans(now, from) {
      const page = await scan(BAN, 'attribute_exists(#room) AND #until > :now', now, from);
      return { ...page, found: page.found.map(banOf) };
    },
  };
}

function connectionOf({ connection, user, name, expires, lease }: Row): OpenConnection {
  return {
    id: String(connection),
    user: String(user),
    name: String(name),
    expiresAt: Number(expires),
    lease: Number(lease),
  };
}

function banOf({ user, room, until, signOut }: Row): StandingBan {
  return {
    user: String(user),
    ...(room !== EVERYWHERE && { room: String(room) }),
    until: Number(until),
    ...(signOut !== undefined && { isSignOut: true }),
  };
}
