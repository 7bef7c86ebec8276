import type { UnitMeter, Units } from '../../ports/unitMeter';
import { ConditionFailed, type Database, type Input, type Operation } from './database';
import { kilobytesOf } from './kilobytesOf';

const WRITES: ReadonlySet<Operation> = new Set(['PutItem', 'UpdateItem', 'DeleteItem']);

/** A database that counts the capacity units its calls consume, and the meter that gives them. */
export function createMeteredDatabase(database: Database): Database & UnitMeter {
  let consumed: Units = { read: 0, write: 0 };
  const add = (operation: Operation, units: number): void => {
    consumed[WRITES.has(operation) ? 'write' : 'read'] += units;
  };
  return {
    async call(operation, input) {
      try {
        const output = await database.call(operation, {
          ...input,
          ...(input.ConditionExpression !== undefined && { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
          ReturnConsumedCapacity: 'TOTAL',
        });
        for (const { CapacityUnits = 0 } of [output.ConsumedCapacity ?? []].flat())
          add(operation, CapacityUnits);
        return output;
      } catch (error) {
        if (error instanceof ConditionFailed) add(operation, unitsOfRefusal(error, input));
        throw error;
      }
    },
    take() {
      const taken = consumed;
      consumed = { read: 0, write: 0 };
      return taken;
    },
  };
}

/**
 * A write whose condition fails consumes the units of its row as it is, or as the write would have it if that is longer.
 * The database does not tell how many.
 */
function unitsOfRefusal(
  { row }: ConditionFailed,
  { Item, ExpressionAttributeValues: values }: Input,
): number {
  return Math.max(1, ...[row, Item ?? values].map(kilobytesOf));
}
