import type { ConnectionStore } from '../../ports/connectionStore';
import { namesOf } from './attributeNames';
import { batchGet } from './batchGet';
import { chargeConnection } from './chargeConnection';
import { type ConnectionRow, changeConnection, getConnectionRow, keysOfRooms } from './connectionRow';
import type { Database } from './database';
import { isHashed, roomKey, roomMark, roomsOf } from './roomKeys';
import { endRoomNames } from './roomNames';
import { userOf } from './userAttributes';

const PRESENT = ['connection', 'user', 'name', 'role', 'lease', 'firstLease', 'session', 'lapsed'] as const;
type PresentRow = Pick<ConnectionRow, (typeof PRESENT)[number]>;

/** Keeps one row a socket in the Connections table. */
export function createConnectionStore(database: Database, table: string): ConnectionStore {
  /** Gives whose a connection was, and the rooms where its member row may be; a join that is late adds none. */
  const belongings = async (row: ConnectionRow) => {
    const keys = keysOfRooms(row);
    const kept = [...keys].some(isHashed) ? await endRoomNames(database, table, row) : [];
    return { user: userOf(row), rooms: roomsOf(row.connection, keys, kept) };
  };

  return {
    async charge(id, room, charge, leaseUntil, judge) {
      const key = roomKey(id, room);
      const outcome = await chargeConnection(
        { database, table, id, charge, leaseUntil, judge },
        {
          condition: ' AND contains(#rooms, :key)',
          names: ['rooms'],
          values: { ':key': key },
          refuses: (row) => (row.rooms?.has(key) ? undefined : { kind: 'notMember' }),
        },
      );
      return 'kind' in outcome ? outcome : 'ok';
    },

    async close(id) {
      const { Attributes } = await database.call('DeleteItem', {
        TableName: table,
        Key: { connection: id },
        ReturnValues: 'ALL_OLD',
      });
      const row = Attributes as ConnectionRow | undefined;
      return row && row.refused === undefined ? await belongings(row) : undefined;
    },

    async revoke(id) {
      const row = await changeConnection(database, table, id, {
        UpdateExpression: 'SET #expires = :over',
        ConditionExpression: 'attribute_exists(#connection)',
        ExpressionAttributeNames: namesOf(['expires', 'connection']),
        ExpressionAttributeValues: { ':over': 0 },
        ReturnValues: 'ALL_OLD',
      });
      return row && (await belongings(row));
    },

    async isMember(id, room, now) {
      const row = await getConnectionRow(database, table, id);
      return row !== undefined && row.expires > now && (row.rooms?.has(roomKey(id, room)) ?? false);
    },

    async find(ids) {
      const keys = ids.map((connection) => ({ connection }));
      const rows = (await batchGet(database, table, keys, PRESENT)) as PresentRow[];
      return rows.map((row) => ({
        id: row.connection,
        user: userOf(row),
        firstLease: row.firstLease,
        lease: row.lease,
        session: row.session,
        lapsed: { has: (room) => row.lapsed?.has(roomMark(row.connection, room)) ?? false },
      }));
    },
  };
}
