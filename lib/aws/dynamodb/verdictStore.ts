import type { VerdictStore } from '../../ports/verdictStore';
import type { Database } from './database';
import { getRow } from './getRow';
import { verdictKey, verdictOf } from './verdictRow';

/** Keeps one row a verdict in the Connections table. Its key holds a hash of the words and of whose they are. */
export function createVerdictStore(database: Database, table: string): VerdictStore {
  return {
    async find(subject) {
      const row = await getRow(database, table, verdictKey(subject));
      return row && verdictOf(row);
    },
    async keepFirst(subject, verdict, until) {
      const { Attributes } = await database.call('UpdateItem', {
        TableName: table,
        Key: verdictKey(subject),
        UpdateExpression:
          'SET #verdict = if_not_exists(#verdict, :verdict), #ttl = if_not_exists(#ttl, :ttl)',
        ExpressionAttributeNames: { '#verdict': 'verdict', '#ttl': 'ttl' },
        ExpressionAttributeValues: { ':verdict': JSON.stringify(verdict), ':ttl': Math.ceil(until / 1000) },
        ReturnValues: 'ALL_NEW',
      });
      return verdictOf(Attributes);
    },
  };
}
