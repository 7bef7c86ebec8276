import { traceOf } from '../../log/erasureTrace';
import type { ErasureStore, TargetPosition, UserRows } from '../../ports/erasureStore';
import type { LogPosition } from '../../ports/logStore';
import { listOf, namesOf } from './attributeNames';
import { updateIfMet } from './conditional';
import type { Database } from './database';
import { partitionOf, readPartition } from './messagePartition';
import { IDENTITY, type MessageRow, REACTIONS } from './messageRow';
import { COUNTER } from './reactionRow';
import { toIdentity } from './readMessageRow';

const WORDS = ['text', 'data', 'mentions', 'h'];

/** A change keeps its type, its target, and what its target's row tells of it. */
const CHANGE = {
  removed: ['name', 'role', ...WORDS, 'todo'],
  assignments: '#user = :trace',
  condition: 'attribute_exists(#name)',
  names: ['user'],
  values: {},
};

const MESSAGE = {
  removed: [
    'name',
    'role',
    ...WORDS,
    ...REACTIONS,
    'files',
    'todo',
    'kind',
    'replyTo',
    'kb',
    'editedAt',
    'by',
    'byName',
  ],
  assignments: '#user = :trace, #type = :erased',
  condition: 'attribute_exists(#seq) AND (attribute_not_exists(#type) OR #type <> :erased)',
  names: ['user', 'seq', 'type'],
  values: { ':erased': 'erased' },
};

/** Erases entries in the Messages table, for operators. */
export function createErasureStore(database: Database, table: string): ErasureStore {
  /** Removes attributes of a row, which may have expired meanwhile. */
  const remove = async (room: string, seq: number, attributes: readonly string[]): Promise<void> => {
    await updateIfMet(
      database,
      table,
      { room, seq },
      {
        UpdateExpression: `REMOVE ${listOf(attributes)}`,
        ConditionExpression: 'attribute_exists(#seq)',
        ExpressionAttributeNames: namesOf(['seq', ...attributes]),
      },
    );
  };

  return {
    async erase(room, { seq, id, user, isChange = false }) {
      const { removed, assignments, condition, names, values } = isChange ? CHANGE : MESSAGE;
      const { met } = await updateIfMet(
        database,
        table,
        { room, seq },
        {
          UpdateExpression: `SET ${assignments} REMOVE ${listOf(removed)}`,
          ConditionExpression: condition,
          ExpressionAttributeNames: namesOf([...names, ...removed]),
          ExpressionAttributeValues: { ':trace': traceOf(room, id, user), ...values },
        },
      );
      return met;
    },

    eraseModerator: (room, { seq }) => remove(room, seq, ['by', 'byName']),

    eraseSummary: (room, seq) => remove(room, seq, ['reactions', 'rkb']),

    async findRowsOf(user, from) {
      // As the user stands in JSON: a part of an id must not find the ids that begin or end with it.
      const quoted = JSON.stringify({ id: user }).slice(1, -1);
      const { Items = [], LastEvaluatedKey } = await database.call('Scan', {
        TableName: table,
        ConsistentRead: true,
        FilterExpression: '#user = :user OR #by = :user OR contains(#reactions, :quoted)',
        ProjectionExpression: listOf(['room', 'by', 'reactions', ...IDENTITY]),
        ExpressionAttributeNames: namesOf(['room', 'by', 'reactions', ...IDENTITY]),
        ExpressionAttributeValues: {
          ':user': user,
          ':quoted': quoted,
        },
        ExclusiveStartKey: from && { ...from },
      });
      const rows: UserRows['rows'] = [];
      const reactions = new Map<string, TargetPosition>();
      const drafts: TargetPosition[] = [];
      for (const row of Items as MessageRow[]) {
        const partition = readPartition(row.room);
        const isMessage = !partition && row.of === undefined;
        if (partition && row.seq < COUNTER) drafts.push(partition);
        else if (partition) reactions.set(row.room, partition);
        // A summary may name a user whose own row has gone.
        if (isMessage && row.reactions?.includes(quoted))
          reactions.set(partitionOf(row.room, row.seq), { room: row.room, of: row.seq });
        if (!partition && (row.user === user || row.by === user || row.todo !== undefined))
          rows.push({ room: row.room, ...toIdentity(row) });
      }
      return {
        rows,
        reactions: [...reactions.values()],
        drafts,
        ...(LastEvaluatedKey && { next: positionOf(LastEvaluatedKey) }),
      };
    },
  };
}

function positionOf({ room, seq }: { room?: unknown; seq?: unknown }): LogPosition {
  return { room: String(room), seq: Number(seq) };
}
