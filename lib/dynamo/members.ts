import type { Member, MemberStore } from '../ports';
import type { Database } from './client';
import type { Row } from './rows';

/** Rows stay this long after their token has expired, in seconds, for the database to remove at leisure. */
const STAYS_SECONDS = 3600;

type MemberRow = {
  room: string;
  connection: string;
  user: string;
  name: string;
  expires: number;
  ttl: number;
  since?: number;
};

/** Keeps who is in which room in the Members table: partition `room`, sort key `connection`. */
export function createMemberStore(database: Database, table: string): MemberStore {
  return {
    async add({ room, id, user, expiresAt, since }) {
      const row: MemberRow = {
        room,
        connection: id,
        user: user.id,
        name: user.name,
        expires: expiresAt,
        ttl: Math.ceil(expiresAt / 1000) + STAYS_SECONDS,
        ...(since !== undefined && { since }),
      };
      const { Attributes } = await database.call('PutItem', {
        TableName: table,
        Item: row,
        ReturnValues: 'ALL_OLD',
      });
      return Attributes === undefined;
    },

    async remove(room, connection) {
      await database.call('DeleteItem', { TableName: table, Key: { room, connection } });
    },

    async *list(room, pageSize) {
      let start: Row | undefined;
      do {
        const page = await database.call('Query', {
          TableName: table,
          ConsistentRead: true,
          KeyConditionExpression: '#room = :room',
          ExpressionAttributeNames: { '#room': 'room' },
          ExpressionAttributeValues: { ':room': room },
          Limit: pageSize,
          ExclusiveStartKey: start,
        });
        start = page.LastEvaluatedKey;
        yield ((page.Items ?? []) as MemberRow[]).map(toMember);
      } while (start);
    },
  };
}

function toMember({ room, connection, user, name, expires, since }: MemberRow): Member {
  const member = { room, id: connection, user: { id: user, name }, expiresAt: expires };
  return since === undefined ? member : { ...member, since };
}
