import { namesOf } from './attributeNames';
import type { Row } from './attributeValues';
import type { Database, Output } from './database';

/** Reads a partition of the Members table. */
export function queryPartition(
  database: Database,
  table: string,
  partition: string,
  more: object = {},
): Promise<Output> {
  return database.call('Query', {
    TableName: table,
    ConsistentRead: true,
    KeyConditionExpression: '#r = :partition',
    ExpressionAttributeNames: namesOf(['r']),
    ExpressionAttributeValues: { ':partition': partition },
    ...more,
  });
}

/** Tells of a row of the Members table whether it has not expired. The database removes it days later. */
export function isOpen(now: number): (row: Row) => boolean {
  return ({ e }) => Number(e) * 1000 > now;
}
