import { namesOf } from './attributeNames';
import { updateIfMet } from './conditional';
import { type ConnectionRow, getConnectionRow } from './connectionRow';
import type { Database } from './database';
import { getRow } from './getRow';
import { keyOf } from './hashedKey';
import { roomKey, roomMark } from './roomKeys';

/** Names in a row. A connection's row stands for at most 116 rooms, so an overfull row has names to drop. */
const MAX_NAMES = 150;
const MAX_ATTEMPTS = 4;

/** The names of a connection's rooms that are not in its own row, as a row of the Connections table. */
export type RoomNamesRow = {
  names?: Set<string>;
  /** How often names were written. */
  version?: number;
  /** The connection's permissions are over: a join that began before keeps no name any more. */
  ended?: number;
};

/** The names of a connection's rooms, by the connection's id. */
export interface RoomNames {
  /** Keeps the name of a room until a time in seconds since the epoch; tells whether it is kept. */
  keep(connection: string, room: string, ttl: number): Promise<boolean>;
  read(connection: string): Promise<ReadonlySet<string>>;
}

/** Gives the key of the row with the names of a connection's rooms. */
export function roomNamesKey(connection: string): { connection: string } {
  return { connection: keyOf('rooms', connection) };
}

/** Keeps the names of rooms in rows of their own: frames are charged in a connection's row, which must stay small. */
export function createRoomNames(database: Database, table: string): RoomNames {
  const read = async (connection: string) =>
    (await getRow(database, table, roomNamesKey(connection))) as RoomNamesRow | undefined;

  /** Drops names that the connection's row does not stand for, unless a name was written since `row` was read. */
  const dropUnused = async (connection: string, { names = new Set(), version = 0 }: RoomNamesRow) => {
    const owner = await getConnectionRow(database, table, connection);
    const used = [...names].filter((room) => owner && isUsed(owner, room));
    await updateIfMet(database, table, roomNamesKey(connection), {
      UpdateExpression: `${used.length > 0 ? 'SET #names = :used' : 'REMOVE #names'} ADD #version :one`,
      ConditionExpression: '#version = :version',
      ExpressionAttributeNames: namesOf(['names', 'version']),
      ExpressionAttributeValues: {
        ':version': version,
        ':one': 1,
        ...(used.length > 0 && { ':used': new Set(used) }),
      },
    });
  };

  return {
    async keep(connection, room, ttl) {
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        const kept = await updateIfMet(database, table, roomNamesKey(connection), {
          UpdateExpression: 'SET #ttl = :ttl ADD #names :rooms, #version :one',
          ConditionExpression:
            'attribute_not_exists(#ended) AND' +
            ' (attribute_not_exists(#names) OR size(#names) < :max OR contains(#names, :room))',
          ExpressionAttributeNames: namesOf(['ttl', 'names', 'version', 'ended']),
          ExpressionAttributeValues: {
            ':ttl': ttl,
            ':rooms': new Set([room]),
            ':room': room,
            ':one': 1,
            ':max': MAX_NAMES,
          },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        });
        if (kept.met) return true;
        const row = (kept.row as RoomNamesRow | undefined) ?? (await read(connection));
        if (row?.ended) return false;
        if (row) await dropUnused(connection, row);
      }
      return false;
    },

    async read(connection) {
      return (await read(connection))?.names ?? new Set();
    },
  };
}

/** Gives the names of a connection's rooms, after which no further one is kept. */
export async function endRoomNames(
  database: Database,
  table: string,
  { connection, ttl }: Pick<ConnectionRow, 'connection' | 'ttl'>,
): Promise<ReadonlySet<string>> {
  const { Attributes } = await database.call('UpdateItem', {
    TableName: table,
    Key: roomNamesKey(connection),
    UpdateExpression: 'SET #ended = :one, #ttl = :ttl',
    ExpressionAttributeNames: namesOf(['ended', 'ttl']),
    ExpressionAttributeValues: { ':one': 1, ':ttl': ttl },
    ReturnValues: 'ALL_NEW',
  });
  return (Attributes as RoomNamesRow | undefined)?.names ?? new Set();
}

/** Tells whether a connection's row stands for a room: it is there, is leaving, or did not tell the room. */
function isUsed({ connection, rooms, leaving, untold }: ConnectionRow, room: string): boolean {
  const key = roomKey(connection, room);
  return rooms?.has(key) || leaving?.has(key) || untold?.has(roomMark(connection, room)) || false;
}
