import { namesOf } from './attributeNames';
import type { Database } from './database';
import type { MessageRow } from './messageRow';
import { isLive } from './readMessageRow';

/**
 * Finds a live row above a seq below which all rows have expired, by halving: a day of expired rows takes twenty reads
 * of one row. Rows expire in their order, so it is the first one. Gives its seq, or `undefined` without one.
 */
export async function findFirstLive(
  database: Database,
  table: string,
  { room, above, now }: { room: string; above: number; now: number },
): Promise<number | undefined> {
  const read = async (condition: string, values: { [name: string]: number }, forward: boolean) => {
    const { Items = [] } = await database.call('Query', {
      TableName: table,
      ConsistentRead: true,
      ScanIndexForward: forward,
      KeyConditionExpression: `#room = :room${condition}`,
      ProjectionExpression: '#seq, #ttl',
      ExpressionAttributeNames: namesOf(['room', 'seq', 'ttl']),
      ExpressionAttributeValues: { ':room': room, ...values },
      Limit: 1,
    });
    return Items[0] as Pick<MessageRow, 'seq' | 'ttl'> | undefined;
  };

  const head = await read('', {}, false);
  if (!head || !isLive(head, now)) return undefined;
  let low = above + 1;
  let high = head.seq;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const row = await read(' AND #seq >= :seq', { ':seq': middle }, true);
    if (!row || row.seq >= high || isLive(row, now)) high = middle;
    else low = row.seq + 1;
  }
  return low;
}
