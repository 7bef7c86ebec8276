import type { MentionStore } from '../../ports/mentionStore';
import { namesOf } from './attributeNames';
import { updateIfMet } from './conditional';
import type { Database } from './database';
import { keyFor, NOT_EXPIRED, secondsOf, toMentions } from './followRow';

/** A row with more candidates than `MAX_CANDIDATES` keeps the newest `KEPT_CANDIDATES`. */
const MAX_CANDIDATES = 40;
const KEPT_CANDIDATES = 20;

/** Notes mentions in the rows of the rooms that users follow, as a set of seqs. */
export function createMentionStore(database: Database, table: string): MentionStore {
  return {
    async add(user, room, seq, now) {
      const key = keyFor(user, room);
      const added = await updateIfMet(database, table, key, {
        UpdateExpression: 'ADD #m :seqs',
        ConditionExpression: `attribute_exists(#c) AND (${NOT_EXPIRED}) AND (attribute_not_exists(#d) OR #d < :seq)`,
        ExpressionAttributeNames: namesOf(['c', 'd', 'e', 'm']),
        ExpressionAttributeValues: {
          ...{ ':seqs': new Set([String(seq)]), ':seq': seq, ':now': secondsOf(now) },
        },
        ReturnValues: 'UPDATED_NEW',
      });
      const { seqs } = toMentions(added.met ? (added.output.Attributes ?? {}) : {});
      if (seqs.length <= MAX_CANDIDATES) return;
      // Of several at once, each takes out what is oldest in the row that it has seen.
      const old = [...seqs].sort((a, b) => b - a).slice(KEPT_CANDIDATES);
      await updateIfMet(database, table, key, {
        UpdateExpression: 'SET #d = :upTo DELETE #m :old',
        ConditionExpression: 'attribute_exists(#c) AND (attribute_not_exists(#d) OR #d < :upTo)',
        ExpressionAttributeNames: namesOf(['c', 'd', 'm']),
        ExpressionAttributeValues: { ':upTo': Math.max(...old), ':old': new Set(old.map(String)) },
      });
    },
  };
}
