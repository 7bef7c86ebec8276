import type { IdempotencyStore } from '../../ports/idempotencyStore';
import type { Database } from './database';
import { keyOf } from './hashedKey';

/** Keeps one row a send without a cursor in the Connections table. Its key holds a hash of room, user and id. */
export function createIdempotencyStore(database: Database, table: string): IdempotencyStore {
  return {
    async getOrSetBaseSeq({ room, id, user }, head, until) {
      const { Attributes } = await database.call('UpdateItem', {
        TableName: table,
        Key: { connection: keyOf('send', room, user, id) },
        UpdateExpression: 'SET #after = if_not_exists(#after, :head), #ttl = :ttl',
        ExpressionAttributeNames: { '#after': 'after', '#ttl': 'ttl' },
        ExpressionAttributeValues: { ':head': head, ':ttl': Math.ceil(until / 1000) },
        ReturnValues: 'ALL_NEW',
      });
      const after = Attributes?.after;
      if (typeof after !== 'number') throw new Error('The database did not say what it kept.');
      return after;
    },
  };
}
