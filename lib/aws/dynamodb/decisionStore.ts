import type { DecisionStore, Verdict } from '../../ports/verdictStore';
import { updateIfMet } from './conditional';
import type { Database } from './database';
import { getRow } from './getRow';
import { verdictKey, verdictOf } from './verdictRow';

const HOLD = JSON.stringify({ verdict: 'hold' } satisfies Verdict);

/** Settles verdicts in the rows of the verdict store. */
export function createDecisionStore(database: Database, table: string): DecisionStore {
  return {
    async settle(subject, decision, until) {
      const { met } = await updateIfMet(database, table, verdictKey(subject), {
        UpdateExpression: 'SET #verdict = :verdict, #ttl = :ttl',
        ConditionExpression: 'attribute_not_exists(#verdict) OR #verdict = :hold',
        ExpressionAttributeNames: { '#verdict': 'verdict', '#ttl': 'ttl' },
        ExpressionAttributeValues: {
          ':verdict': JSON.stringify(decision),
          ':hold': HOLD,
          ':ttl': Math.ceil(until / 1000),
        },
      });
      return met ? decision : verdictOf(await getRow(database, table, verdictKey(subject)));
    },
  };
}
