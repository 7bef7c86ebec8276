import { settleAll } from '../../util/settleAll';
import { namesOf } from './attributeNames';
import type { Row } from './attributeValues';
import type { Database } from './database';

/**
 * Removes a part of the rows that a partition of the Members table has, all or those whose sort key begins with `prefix`.
 * `other` gives the second row of each: it goes first, as this one is how it is found again after a failure.
 */
export async function removeListed(
  database: Database,
  table: string,
  { r, prefix }: { r: string; prefix?: string },
  limit: number,
  other: (row: Row) => Row,
): Promise<{ forgotten: number; isDone: boolean }> {
  const remove = (key: Row) => database.call('DeleteItem', { TableName: table, Key: key });
  const isPart = prefix !== undefined;
  const { Items = [], LastEvaluatedKey } = await database.call('Query', {
    TableName: table,
    ConsistentRead: true,
    KeyConditionExpression: `#r = :partition${isPart ? ' AND begins_with(#c, :prefix)' : ''}`,
    ExpressionAttributeNames: namesOf(isPart ? ['r', 'c'] : ['r']),
    ExpressionAttributeValues: { ':partition': r, ...(isPart && { ':prefix': prefix }) },
    Limit: limit,
  });
  await settleAll(...Items.map((row) => remove(other(row))));
  await settleAll(...Items.map(({ c }) => remove({ r, c: String(c) })));
  return { forgotten: Items.length, isDone: LastEvaluatedKey === undefined };
}
