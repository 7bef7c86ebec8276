import type { Row } from './attributeValues';
import type { Database } from './database';

/** Reads a row by its key, strongly consistent. */
export async function getRow(database: Database, table: string, key: Row): Promise<Row | undefined> {
  const { Item } = await database.call('GetItem', { TableName: table, Key: key, ConsistentRead: true });
  return Item;
}
