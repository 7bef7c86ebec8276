import type { Verdict, VerdictStore } from '../../ports/verdictStore';
import type { Value } from './attributeValues';
import { updateIfMet } from './conditional';
import type { Database } from './database';
import { getRow } from './getRow';
import { keyOf } from './hashedKey';

const HOLD = JSON.stringify({ verdict: 'hold' } satisfies Verdict);

/** Keeps one row a verdict in the Connections table. Its key holds a hash of the words and of whose they are. */
export function createVerdictStore(database: Database, table: string): VerdictStore {
  const keyFor = (subject: string) => ({ connection: keyOf('verdict', subject) });
  return {
    async find(subject) {
      const row = await getRow(database, table, keyFor(subject));
      return row && read(row.verdict);
    },
    async keepFirst(subject, verdict, until) {
      const { Attributes } = await database.call('UpdateItem', {
        TableName: table,
        Key: keyFor(subject),
        UpdateExpression:
          'SET #verdict = if_not_exists(#verdict, :verdict), #ttl = if_not_exists(#ttl, :ttl)',
        ExpressionAttributeNames: { '#verdict': 'verdict', '#ttl': 'ttl' },
        ExpressionAttributeValues: { ':verdict': JSON.stringify(verdict), ':ttl': Math.ceil(until / 1000) },
        ReturnValues: 'ALL_NEW',
      });
      return read(Attributes?.verdict);
    },
    async settle(subject, decision, until) {
      const { met } = await updateIfMet(database, table, keyFor(subject), {
        UpdateExpression: 'SET #verdict = :verdict, #ttl = :ttl',
        ConditionExpression: 'attribute_not_exists(#verdict) OR #verdict = :hold',
        ExpressionAttributeNames: { '#verdict': 'verdict', '#ttl': 'ttl' },
        ExpressionAttributeValues: {
          ':verdict': JSON.stringify(decision),
          ':hold': HOLD,
          ':ttl': Math.ceil(until / 1000),
        },
      });
      return met ? decision : read((await getRow(database, table, keyFor(subject)))?.verdict);
    },
  };
}

function read(kept: Value | undefined): Verdict {
  if (typeof kept !== 'string') throw new Error('The database did not say what it kept.');
  return JSON.parse(kept);
}
