import { settleAll } from '../../util/settleAll';
import { namesOf } from './attributeNames';
import type { Database } from './database';

/** Deletes a part of a partition of the Members table; tells how many rows, and whether that was all. */
export async function forgetRows(
  database: Database,
  table: string,
  partition: string,
  limit: number,
): Promise<{ forgotten: number; isDone: boolean }> {
  const { Items = [], LastEvaluatedKey } = await database.call('Query', {
    TableName: table,
    ConsistentRead: true,
    KeyConditionExpression: '#r = :partition',
    ExpressionAttributeNames: namesOf(['r']),
    ExpressionAttributeValues: { ':partition': partition },
    Limit: limit,
  });
  const keys = Items.map(({ c }) => ({ r: partition, c: String(c) }));
  await settleAll(...keys.map((Key) => database.call('DeleteItem', { TableName: table, Key })));
  return { forgotten: keys.length, isDone: LastEvaluatedKey === undefined };
}
