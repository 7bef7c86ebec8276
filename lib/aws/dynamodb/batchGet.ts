import { Unavailable } from '../../ports/ports';
import type { Row } from './attributeValues';
import type { Database } from './database';

const MOST_ROUNDS = 5;

/** Reads at most 100 items by key, strongly consistent, asking again for those the database left out. */
export async function batchGet(
  database: Database,
  table: string,
  keys: readonly Row[],
  attributes: readonly string[],
): Promise<Row[]> {
  const names = Object.fromEntries(attributes.map((attribute, i) => [`#${i}`, attribute]));
  const items: Row[] = [];
  let left: Row[] = [...keys];
  for (let round = 0; left.length > 0; round++) {
    if (round === MOST_ROUNDS) throw new Unavailable(`Reading from ${table} was throttled.`);
    const reply = await database.call('BatchGetItem', {
      RequestItems: {
        [table]: {
          Keys: left,
          ConsistentRead: true,
          ProjectionExpression: Object.keys(names).join(', '),
          ExpressionAttributeNames: names,
        },
      },
    });
    items.push(...(reply.Responses?.[table] ?? []));
    left = reply.UnprocessedKeys?.[table]?.Keys ?? [];
  }
  return items;
}
