import type { Restriction, RestrictionStore } from '../../ports/restrictionStore';
import { namesOf } from './attributeNames';
import type { Row } from './attributeValues';
import { updateIfMet } from './conditional';
import type { Database } from './database';
import { keyFor, partitionOf, type RestrictionRow, secondsOf } from './restrictionRows';

/** Keeps what holds users back in the Members table, a partition for each user: no room's name has a `#`. */
export function createRestrictionStore(database: Database, table: string): RestrictionStore {
  const readRow = async (user: string, room: string): Promise<Row | undefined> => {
    const { Items = [] } = await database.call('Query', {
      TableName: table,
      ConsistentRead: true,
      KeyConditionExpression: '#r = :user AND #c = :room',
      ExpressionAttributeNames: namesOf(['r', 'c']),
      ExpressionAttributeValues: { ':user': partitionOf(user), ':room': room },
    });
    return Items[0];
  };

  return {
    async read(user, room) {
      return toRestriction(await readRow(user, room));
    },

    async takeTurn(user, room, { id, after, head, now, nextAt }) {
      const taken = await updateIfMet(database, table, keyFor(user, room), {
        UpdateExpression: 'SET #nextAt = :nextAt, #turn = :id, #head = :head, #e = :e',
        ConditionExpression:
          '(attribute_not_exists(#until) OR #until <= :now) AND ' +
          '(attribute_not_exists(#nextAt) OR #nextAt <= :now OR (#turn = :id AND #head >= :after))',
        ExpressionAttributeNames: namesOf(['nextAt', 'turn', 'head', 'until', 'e']),
        ExpressionAttributeValues: {
          ...{ ':nextAt': nextAt, ':id': id, ':head': head, ':after': after, ':now': now },
          ':e': secondsOf(nextAt),
        },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      if (taken.met) return undefined;
      return toRestriction(taken.row ?? (await readRow(user, room)));
    },
  };
}

function toRestriction(row: Row | undefined): Restriction {
  const { until = 0, nextAt = 0, turn, head = 0 } = (row ?? {}) as Partial<RestrictionRow>;
  return { mutedUntil: until, nextAt, ...(turn !== undefined && { turn: { id: turn, head } }) };
}
