import type { UnitMeter, Units } from '../../ports/unitMeter';
import { byteLength } from '../../protocol/byteLength';
import { ConditionFailed, type Database, type Operation } from './database';

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
        const output = await database.call(operation, { ...input, ReturnConsumedCapacity: 'TOTAL' });
        for (const { CapacityUnits = 0 } of [output.ConsumedCapacity ?? []].flat())
          add(operation, CapacityUnits);
        return output;
      } catch (error) {
        // A write whose condition fails consumes the units of its row, of which the database tells nothing.
        if (error instanceof ConditionFailed) add(operation, kilobytesOf(error));
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

function kilobytesOf({ row = {} }: ConditionFailed): number {
  const text = Object.entries(row)
    .map(([name, value]) => name + (value instanceof Set ? [...value].join('') : value))
    .join('');
  return Math.max(1, Math.ceil(byteLength(text) / 1024));
}
