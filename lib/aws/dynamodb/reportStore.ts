import type { ReportStore } from '../../ports/reportStore';
import { namesOf } from './attributeNames';
import type { Row } from './attributeValues';
import { batchGet } from './batchGet';
import type { Database } from './database';
import { isOpen } from './memberRows';
import { removeListed } from './removeListed';
import {
  keysOf,
  partitionOfRoom,
  partitionOfUser,
  type ReportRow,
  rowAt,
  sortKeyOfMessage,
  toReport,
} from './reportRows';

/** Reports that are removed at a time. */
const PAGE = 25;

/**
 * Keeps reports in the Members table, in a partition for each user. A room's list holds the key of each and nothing of
 * its user. A row comes before its place in the list, so that an erasure of the user finds it.
 */
export function createReportStore(database: Database, table: string): ReportStore {
  const query = (partition: string, expression: string, values: Row, more: object = {}) =>
    database.call('Query', {
      TableName: table,
      ConsistentRead: true,
      KeyConditionExpression: `#r = :partition${expression}`,
      ExpressionAttributeNames: namesOf(expression ? ['r', 'c'] : ['r']),
      ExpressionAttributeValues: { ':partition': partition, ...values },
      ...more,
    });
  const listedOf = (room: string, of: number) =>
    query(partitionOfRoom(room), ' AND begins_with(#c, :message)', { ':message': sortKeyOfMessage(of) });

  return {
    async add(room, { of, user, reason, at }, { perMessage, perUser, until }) {
      const { row, listed } = keysOf(room, of, user.id);
      const others = ((await listedOf(room, of)).Items ?? []).filter(({ c }) => c !== listed.c);
      if (others.filter(isOpen(at)).length >= perMessage) return 'added';
      const e = Math.ceil(until / 1000);
      const said = { user: user.id, name: user.name, ...(reason !== undefined && { reason }) };
      await database.call('PutItem', { TableName: table, Item: { ...row, ...said, at, e } });
      await database.call('PutItem', { TableName: table, Item: { ...listed, e } });
      // Counted after the writes: of several at once each counts the others.
      const { Items: own = [] } = await query(partitionOfUser(user.id), '', {});
      if (own.filter(isOpen(at)).length <= perUser) return 'added';
      await database.call('DeleteItem', { TableName: table, Key: listed });
      await database.call('DeleteItem', { TableName: table, Key: row });
      return 'tooMany';
    },

    async readPage(room, from, limit, now) {
      const r = partitionOfRoom(room);
      const start = from === undefined ? {} : { ExclusiveStartKey: { r, c: from } };
      const { Items = [], LastEvaluatedKey } = await query(r, '', {}, { Limit: limit, ...start });
      const keys = Items.map(({ c }) => rowAt(room, String(c)));
      const rows = (await batchGet(database, table, keys)) as ReportRow[];
      const open = keys.flatMap((key) => rows.find((row) => row.r === key.r && row.c === key.c) ?? []);
      const reports = open.filter(isOpen(now)).map(toReport);
      return LastEvaluatedKey ? { reports, next: String(LastEvaluatedKey.c) } : { reports };
    },

    async resolve(room, of) {
      const listed = { r: partitionOfRoom(room), prefix: sortKeyOfMessage(of) };
      let isDone = false;
      while (!isDone)
        ({ isDone } = await removeListed(database, table, listed, PAGE, ({ c }) => rowAt(room, String(c))));
    },
  };
}
