import { settleAll } from '../../util/settleAll';
import { namesOf } from './attributeNames';
import type { Row } from './attributeValues';
import type { Database } from './database';

/**
 * Removes a part of the reports that a partition of the Members table names, of one message or all. `other` gives the
 * second row of each: it goes first, as this one is how the report is found again after a failure.
 */
export async function removeReports(
  database: Database,
  table: string,
  { r, message }: { r: string; message?: string },
  limit: number,
  other: (key: { r: string; c: string }) => Row,
): Promise<{ forgotten: number; isDone: boolean }> {
  const remove = (key: Row) => database.call('DeleteItem', { TableName: table, Key: key });
  const ofOne = message !== undefined;
  const { Items = [], LastEvaluatedKey } = await database.call('Query', {
    TableName: table,
    ConsistentRead: true,
    KeyConditionExpression: `#r = :partition${ofOne ? ' AND begins_with(#c, :message)' : ''}`,
    ExpressionAttributeNames: namesOf(ofOne ? ['r', 'c'] : ['r']),
    ExpressionAttributeValues: { ':partition': r, ...(ofOne && { ':message': message }) },
    Limit: limit,
  });
  const keys = Items.map(({ c }) => ({ r, c: String(c) }));
  await settleAll(...keys.map((key) => remove(other(key))));
  await settleAll(...keys.map(remove));
  return { forgotten: keys.length, isDone: LastEvaluatedKey === undefined };
}
