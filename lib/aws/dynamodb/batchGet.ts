import { Unavailable } from '../../ports/unavailable';
import { listOf, namesOf } from './attributeNames';
import type { Row } from './attributeValues';
import type { Database } from './database';

/** A call may ask for this many keys. */
const MAX_KEYS = 100;
/** Calls in a row that may read nothing, before the database counts as throttled. */
const MAX_EMPTY_CALLS = 5;

/**
 * Reads items by key, strongly consistent, whole unless some attributes are named. Asks again for those that the
 * database left out. @throws Unavailable when it leaves all out again and again.
 */
export async function batchGet(
  database: Database,
  table: string,
  keys: readonly Row[],
  attributes?: readonly string[],
): Promise<Row[]> {
  const items: Row[] = [];
  const left = [...keys];
  let emptyCalls = 0;
  while (left.length > 0) {
    const asked = left.splice(0, MAX_KEYS);
    const reply = await database.call('BatchGetItem', {
      RequestItems: {
        [table]: {
          Keys: asked,
          ConsistentRead: true,
          ...(attributes && {
            ProjectionExpression: listOf(attributes),
            ExpressionAttributeNames: namesOf(attributes),
          }),
        },
      },
    });
    items.push(...(reply.Responses?.[table] ?? []));
    const unprocessed = reply.UnprocessedKeys?.[table]?.Keys ?? [];
    left.push(...unprocessed);
    emptyCalls = unprocessed.length < asked.length ? 0 : emptyCalls + 1;
    if (emptyCalls === MAX_EMPTY_CALLS) throw new Unavailable(`Reading from ${table} was throttled.`);
  }
  return items;
}
