import { namesOf } from './attributeNames';
import type { Database } from './database';

/** Lists the sort keys of a part of a partition of the Members table, and whether that was all. Strongly consistent. */
export async function listSortKeys(
  database: Database,
  table: string,
  partition: string,
  limit: number,
): Promise<{ keys: string[]; isDone: boolean }> {
  const { Items = [], LastEvaluatedKey } = await database.call('Query', {
    TableName: table,
    ConsistentRead: true,
    KeyConditionExpression: '#r = :partition',
    ExpressionAttributeNames: namesOf(['r']),
    ExpressionAttributeValues: { ':partition': partition },
    Limit: limit,
  });
  return { keys: Items.map(({ c }) => String(c)), isDone: LastEvaluatedKey === undefined };
}
