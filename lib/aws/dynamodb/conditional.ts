import type { Row } from './attributeValues';
import { ConditionFailed, type Database, type Input, type Output } from './database';

/** The outcome of a conditional write; `row` is the one that did not meet the condition, from engines that send it. */
export type Conditional<T> = { met: true; output: T } | { met: false; row: Row | undefined };

/** Waits for a conditional write, and tells whether its condition was met. */
export async function ifMet<T>(write: Promise<T>): Promise<Conditional<T>> {
  try {
    return { met: true, output: await write };
  } catch (error) {
    if (error instanceof ConditionFailed) return { met: false, row: error.row };
    throw error;
  }
}

/** Updates a row, and tells whether it met the update's condition. */
export function updateIfMet(
  database: Database,
  table: string,
  key: Row,
  update: Input,
): Promise<Conditional<Output>> {
  return ifMet(database.call('UpdateItem', { TableName: table, Key: key, ...update }));
}
