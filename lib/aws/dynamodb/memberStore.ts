import type { AddMemberResult, Member, MemberStore } from '../../ports/memberStore';
import type { Row } from './attributeValues';
import { ifMet } from './conditional';
import type { Database } from './database';

/** The marker of an eviction stays this much longer than it can be needed, in seconds. */
const ROW_TTL_SECONDS = 3600;

/** API Gateway ends every connection after this, in milliseconds: a row that keeps one out is not needed for longer. */
const LONGEST_CONNECTION_MS = 7_200_000;

/**
 * A row as it is stored. Every message reads all rows of its room, and the database bills names like values. Names are
 * therefore short, and a row holds only what a fan-out needs.
 */
type MemberRow = {
  /** Room, the partition key. */
  r: string;
  /** Connection, the sort key. */
  c: string;
  /** Expiry of the row in whole seconds since the epoch, for fan-outs and for the database's deletion. */
  e: number;
  /** The connection's fence when it entered (see Entered), where that is not the first. */
  fence?: number;
  /** The row is a tombstone of a removed connection: an earlier join cannot write after it. */
  evicted?: 1;
};

/** Stores members in the Members table, a row for each connection and room. */
export function createMemberStore(database: Database, table: string): MemberStore {
  /** Writes a row unless one of a later fence is there. */
  const put = async (row: MemberRow, fence: number): Promise<AddMemberResult> => {
    const outcome = await ifMet(
      database.call('PutItem', {
        TableName: table,
        Item: row,
        ConditionExpression: 'attribute_not_exists(#fence) OR #fence <= :fence',
        ExpressionAttributeNames: { '#fence': 'fence' },
        ExpressionAttributeValues: { ':fence': fence },
        ReturnValues: 'ALL_OLD',
      }),
    );
    if (!outcome.met) return 'late';
    const { Attributes } = outcome.output;
    return Attributes === undefined || 'evicted' in Attributes ? 'new' : 'known';
  };

  return {
    add({ room, id, expiresAt }, fence = 0) {
      return put({ r: room, c: id, e: secondsOf(expiresAt), ...(fence > 0 && { fence }) }, fence);
    },

    async remove(room, connection, fence) {
      await ifMet(
        database.call('DeleteItem', {
          TableName: table,
          Key: { r: room, c: connection },
          ConditionExpression:
            'attribute_not_exists(#evicted) AND (attribute_not_exists(#fence) OR #fence <= :fence)',
          ExpressionAttributeNames: { '#evicted': 'evicted', '#fence': 'fence' },
          ExpressionAttributeValues: { ':fence': fence },
        }),
      );
    },

    async tombstone(room, connection, fence, now) {
      const e = secondsOf(now + LONGEST_CONNECTION_MS) + ROW_TTL_SECONDS;
      await put({ r: room, c: connection, e, fence, evicted: 1 }, fence);
    },

    async *list(room, pageSize, laterPageSize = pageSize) {
      let start: Row | undefined;
      let size = pageSize;
      let isFirst = true;
      const found: Member[] = [];
      do {
        const { Items = [], LastEvaluatedKey } = await database.call('Query', {
          TableName: table,
          ConsistentRead: true,
          KeyConditionExpression: '#room = :room',
          ExpressionAttributeNames: { '#room': 'r' },
          ExpressionAttributeValues: { ':room': room },
          Limit: size,
          ExclusiveStartKey: start,
        });
        start = LastEvaluatedKey;
        found.push(...(Items as MemberRow[]).filter((row) => !row.evicted).map(toMember));
        // Rows of those put out leave a page short, and a short page would tell that it is the last.
        while (found.length >= size) {
          yield found.splice(0, size);
          isFirst = false;
          size = laterPageSize;
        }
      } while (start);
      if (found.length > 0 || isFirst) yield found;
    },
  };
}

function toMember({ r, c, e }: MemberRow): Member {
  return { room: r, id: c, expiresAt: e * 1000 };
}

function secondsOf(ms: number): number {
  return Math.ceil(ms / 1000);
}
