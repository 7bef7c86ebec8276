import { BatchGetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Unavailable } from '../ports';
import { call } from './client';

const MOST_ROUNDS = 5;

type Item = Record<string, unknown>;

/** Reads at most 100 items by key, strongly consistent, asking again for those the database left out. */
export async function batchGet(
  database: DynamoDBDocumentClient,
  table: string,
  keys: readonly Item[],
  attributes: readonly string[],
): Promise<Item[]> {
  const names = Object.fromEntries(attributes.map((attribute, i) => [`#${i}`, attribute]));
  const items: Item[] = [];
  let left: Item[] = [...keys];
  for (let round = 0; left.length > 0; round++) {
    if (round === MOST_ROUNDS) throw new Unavailable(`Reading from ${table} was throttled.`);
    const reply = await call('Reading items', () =>
      database.send(
        new BatchGetCommand({
          RequestItems: {
            [table]: {
              Keys: left,
              ConsistentRead: true,
              ProjectionExpression: Object.keys(names).join(', '),
              ExpressionAttributeNames: names,
            },
          },
        }),
      ),
    );
    items.push(...(reply.Responses?.[table] ?? []));
    left = reply.UnprocessedKeys?.[table]?.Keys ?? [];
  }
  return items;
}
