import { batchGet } from '../../lib/aws/dynamodb/batchGet';
import type { Database } from '../../lib/aws/dynamodb/database';
import type { Dice } from './faults';
import type { Random } from './random';

const TABLE = 'table';

/** Reads keys as the adapters do: a call may leave some of them out, and the adapter asks for those again. */
export async function inBatches<Key, Value>(
  keys: readonly Key[],
  { dice, random }: { dice: Dice; random: Random },
  read: (keys: readonly Key[]) => Promise<readonly Value[]>,
): Promise<Value[]> {
  const found: Value[] = [];
  const database: Database = {
    async call(_operation, { RequestItems }) {
      const asked = [...(RequestItems?.[TABLE]?.Keys ?? [])];
      const leavesOut = dice.hits('databaseLeavesOut');
      const left = leavesOut ? asked.filter((_, i) => i === 0 || random() < 0.5) : [];
      const taken = new Set(asked.filter((key) => !left.includes(key)).map(({ at }) => at));
      found.push(...(await read(keys.filter((_, at) => taken.has(at)))));
      return { UnprocessedKeys: { [TABLE]: { Keys: left } } };
    },
  };
  await batchGet(
    database,
    TABLE,
    keys.map((_, at) => ({ at })),
  );
  return found;
}
