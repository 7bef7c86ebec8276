import type { Added, Member, MemberStore } from '../ports';
import { ConditionFailed, type Database } from './client';
import type { Row } from './rows';

/** Rows stay this long after their token has expired, in seconds, for the database to remove at leisure. */
const STAYS_SECONDS = 3600;

/** API Gateway ends every connection after this, in milliseconds: a row that keeps one out is not needed for longer. */
const LONGEST_CONNECTION_MS = 7_200_000;

type MemberRow = {
  room: string;
  connection: string;
  user: string;
  name: string;
  expires: number;
  ttl: number;
  since?: number;
  /** The connection's term when it entered (see Entered), where that is not the first. */
  term?: number;
};

/** What stays of a connection that was put out by force, so that a join from before cannot come after it. */
type EvictedRow = Pick<MemberRow, 'room' | 'connection' | 'ttl'> & { term: number; evicted: 1 };

/** Keeps who is in which room in the Members table: partition `room`, sort key `connection`. */
export function createMemberStore(database: Database, table: string): MemberStore {
  /** Writes a row unless one of a later term is there. */
  const put = async (row: MemberRow | EvictedRow, term: number): Promise<Added> => {
    try {
      const { Attributes } = await database.call('PutItem', {
        TableName: table,
        Item: row,
        ConditionExpression: 'attribute_not_exists(#term) OR #term <= :term',
        ExpressionAttributeNames: { '#term': 'term' },
        ExpressionAttributeValues: { ':term': term },
        ReturnValues: 'ALL_OLD',
      });
      return Attributes === undefined || 'evicted' in Attributes ? 'new' : 'known';
    } catch (error) {
      if (error instanceof ConditionFailed) return 'late';
      throw error;
    }
  };

  return {
    add({ room, id, user, expiresAt, since }, term = 0) {
      const row: MemberRow = {
        room,
        connection: id,
        user: user.id,
        name: user.name,
        expires: expiresAt,
        ttl: Math.ceil(expiresAt / 1000) + STAYS_SECONDS,
        ...(since !== undefined && { since }),
        ...(term > 0 && { term }),
      };
      return put(row, term);
    },

    async remove(room, connection) {
      try {
        await database.call('DeleteItem', {
          TableName: table,
          Key: { room, connection },
          ConditionExpression: 'attribute_not_exists(#evicted)',
          ExpressionAttributeNames: { '#evicted': 'evicted' },
        });
      } catch (error) {
        if (!(error instanceof ConditionFailed)) throw error;
      }
    },

    async evict(room, connection, term, now) {
      const ttl = Math.ceil((now + LONGEST_CONNECTION_MS) / 1000) + STAYS_SECONDS;
      await put({ room, connection, term, evicted: 1, ttl }, term);
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
        const rows = (page.Items ?? []) as (MemberRow | EvictedRow)[];
        yield rows.filter((row) => !('evicted' in row)).map((row) => toMember(row as MemberRow));
      } while (start);
    },
  };
}

function toMember({ room, connection, user, name, expires, since }: MemberRow): Member {
  const member = { room, id: connection, user: { id: user, name }, expiresAt: expires };
  return since === undefined ? member : { ...member, since };
}
