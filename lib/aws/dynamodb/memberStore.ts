import type { AddMemberResult, Member, MemberStore } from '../../ports/memberStore';
import { MAX_CONNECTION_MS } from '../../protocol';
import { namesOf } from './attributeNames';
import type { Row } from './attributeValues';
import { ifMet, updateIfMet } from './conditional';
import type { Database } from './database';

/** A tombstone stays this much longer than the connection that it keeps out can, in seconds. */
const ROW_TTL_SECONDS = 3600;

/** No later fence is there. */
const IN_FENCE = 'attribute_not_exists(#fence) OR #fence <= :fence';

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
  /** The connection's fence when it entered (see JoinResult), where that is not the first. */
  fence?: number;
  /** The row is a tombstone of a removed connection: an earlier join cannot write after it. */
  evicted?: 1;
  /** Expiry of the row that the tombstone replaced; 0 if there was none. */
  memberUntil?: number;
};

/** Stores members in the Members table, a row for each connection and room. */
export function createMemberStore(database: Database, table: string): MemberStore {
  /** Writes a row unless one of a later fence is there. */
  const put = async (row: MemberRow, fence: number): Promise<AddMemberResult> => {
    const outcome = await ifMet(
      database.call('PutItem', {
        TableName: table,
        Item: row,
        ConditionExpression: IN_FENCE,
        ExpressionAttributeNames: { '#fence': 'fence' },
        ExpressionAttributeValues: { ':fence': fence },
        ReturnValues: 'ALL_OLD',
      }),
    );
    if (!outcome.met) return 'late';
    const { Attributes } = outcome.output;
    return Attributes === undefined || 'evicted' in Attributes ? 'new' : 'known';
  };

  /** Reads some rows of a room, strongly consistent. */
  const query = (room: string, limit: number, start: Row | undefined) =>
    database.call('Query', {
      TableName: table,
      ConsistentRead: true,
      KeyConditionExpression: '#room = :room',
      ExpressionAttributeNames: { '#room': 'r' },
      ExpressionAttributeValues: { ':room': room },
      Limit: limit,
      ExclusiveStartKey: start,
    });

  return {
    add({ room, id, expiresAt }, fence = 0) {
      return put({ r: room, c: id, e: secondsOf(expiresAt), ...(fence > 0 && { fence }) }, fence);
    },

    async remove(room, connection, fence) {
      await ifMet(
        database.call('DeleteItem', {
          TableName: table,
          Key: { r: room, c: connection },
          ConditionExpression: `attribute_not_exists(#evicted) AND (${IN_FENCE})`,
          ExpressionAttributeNames: { '#evicted': 'evicted', '#fence': 'fence' },
          ExpressionAttributeValues: { ':fence': fence },
        }),
      );
    },

    async tombstone(room, connection, fence, now) {
      const e = secondsOf(now + MAX_CONNECTION_MS) + ROW_TTL_SECONDS;
      const outcome = await updateIfMet(
        database,
        table,
        { r: room, c: connection },
        {
          UpdateExpression:
            'SET #e = :e, #fence = :fence, #evicted = :one,' +
            ' #memberUntil = if_not_exists(#memberUntil, if_not_exists(#e, :never))',
          // A member row of this fence is that of a later join: the removal has ended the fence before.
          ConditionExpression:
            'attribute_not_exists(#fence) OR #fence < :fence OR (attribute_exists(#evicted) AND #fence = :fence)',
          ExpressionAttributeNames: namesOf(['e', 'fence', 'evicted', 'memberUntil']),
          ExpressionAttributeValues: { ':e': e, ':fence': fence, ':one': 1, ':never': 0 },
          ReturnValues: 'ALL_NEW',
        },
      );
      if (!outcome.met) return { wasMember: false };
      const { memberUntil = 0 } = outcome.output.Attributes as MemberRow;
      return { wasMember: memberUntil > 0 };
    },

    async has(room, connection) {
      const { Items } = await database.call('Query', {
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: '#room = :room AND #connection = :connection',
        ExpressionAttributeNames: { '#room': 'r', '#connection': 'c' },
        ExpressionAttributeValues: { ':room': room, ':connection': connection },
      });
      return membersIn(Items).length > 0;
    },

    async readPage(room, from, limit) {
      const start = from === undefined ? undefined : { r: room, c: from };
      const { Items, LastEvaluatedKey } = await query(room, limit, start);
      const members = membersIn(Items);
      return LastEvaluatedKey ? { members, next: String(LastEvaluatedKey.c) } : { members };
    },

    async *list(room, pageSize, laterPageSize = pageSize) {
      let start: Row | undefined;
      let size = pageSize;
      let isFirst = true;
      const found: Member[] = [];
      do {
        const { Items, LastEvaluatedKey } = await query(room, size, start);
        start = LastEvaluatedKey;
        found.push(...membersIn(Items));
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

/** Gives the members among some rows. */
function membersIn(rows: readonly Row[] = []): Member[] {
  return (rows as MemberRow[]).filter((row) => !row.evicted).map(toMember);
}

function toMember({ r, c, e }: MemberRow): Member {
  return { room: r, id: c, expiresAt: e * 1000 };
}

function secondsOf(ms: number): number {
  return Math.ceil(ms / 1000);
}
