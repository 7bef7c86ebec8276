import type { Change } from '../../ports/logStore';
import { listOf, namesOf } from './attributeNames';
import type { Input } from './database';
import { FILES, REACTIONS, WORDS } from './messageRow';
import { assign } from './updateExpression';
import { reactionsOf, wordsOf } from './writeMessageRow';

/** The update of a change's target, and its condition. An attribute that an edit does not give is removed. */
export function changeUpdate(change: Change): Input {
  if (change.type === 'deleted') {
    const isModerated = change.by === 'moderator';
    const removed = [...WORDS, ...FILES, ...REACTIONS, ...(isModerated ? [] : ['moderated'])];
    return {
      UpdateExpression: `SET #deleted = :seq${isModerated ? ', #moderated = :yes' : ''} REMOVE ${listOf(removed)}`,
      ConditionExpression: 'attribute_exists(#seq) AND (attribute_not_exists(#deleted) OR #deleted > :seq)',
      ExpressionAttributeNames: namesOf(['seq', 'deleted', 'moderated', ...WORDS, ...FILES, ...REACTIONS]),
      ExpressionAttributeValues: { ':seq': change.seq, ...(isModerated && { ':yes': 1 }) },
    };
  }
  if (change.type === 'reacted') {
    const held = { rk: change.k, rseq: change.seq, ...reactionsOf(change) };
    return {
      ...assign(held, REACTIONS),
      ConditionExpression:
        'attribute_exists(#text) AND (attribute_not_exists(#rk) OR #rk < :rk OR (#rk = :rk AND #rseq < :rseq))',
      ExpressionAttributeNames: namesOf(['text', ...new Set([...Object.keys(held), ...REACTIONS])]),
    };
  }
  const words = { ...wordsOf(change), rev: change.seq, editedAt: change.at };
  const optional = ['data', 'mentions', 'kb'];
  return {
    ...assign(words, optional, { edits: 1 }),
    ConditionExpression: 'attribute_exists(#text) AND (attribute_not_exists(#rev) OR #rev < :rev)',
    ExpressionAttributeNames: namesOf([...new Set([...Object.keys(words), ...optional, 'edits'])]),
  };
}
