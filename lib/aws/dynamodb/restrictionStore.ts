import type { Restriction, RestrictionStore } from '../../ports/restrictionStore';
import { MAX_SLOW_SECONDS } from '../../protocol';
import { settleAll } from '../../util/settleAll';
import { namesOf } from './attributeNames';
import type { Row } from './attributeValues';
import { ifMet, updateIfMet } from './conditional';
import type { Database } from './database';
import { partitionOf, type RestrictionRow } from './restrictionRows';
import { assign } from './updateExpression';

const MUTE = ['until', 'at', 'user', 'name', 'by', 'byName'];

/**
 * Keeps what holds users back in the Members table, a partition for each user: no room's name has a `#`. The list of a
 * room's bans holds the key of the partition and nothing of its user.
 */
export function createRestrictionStore(database: Database, table: string): RestrictionStore {
  const query = (user: string, room?: string, limit?: number) =>
    database.call('Query', {
      TableName: table,
      ConsistentRead: true,
      KeyConditionExpression: `#r = :user${room === undefined ? '' : ' AND #c = :room'}`,
      ExpressionAttributeNames: namesOf(room === undefined ? ['r'] : ['r', 'c']),
      ExpressionAttributeValues: {
        ':user': partitionOf(user),
        ...(room !== undefined && { ':room': room }),
      },
      Limit: limit,
    });

  return {
    async read(user, room) {
      return toRestriction((await query(user, room)).Items?.[0]);
    },

    async mute(room, { user, until, by }, now) {
      const listedUntil = secondsOf(until);
      await ifMet(
        database.call('PutItem', {
          TableName: table,
          Item: { r: `ban#${room}`, c: partitionOf(user.id), e: listedUntil },
          ConditionExpression: 'attribute_not_exists(#e) OR #e < :e',
          ExpressionAttributeNames: namesOf(['e']),
          ExpressionAttributeValues: { ':e': listedUntil },
        }),
      );
      const values: Row = {
        ...{ until, at: now, user: user.id, name: user.name },
        ...(by && { by: by.id, byName: by.name }),
        // A turn may last longer than the mute.
        e: secondsOf(Math.max(until, now + MAX_SLOW_SECONDS * 1000)),
      };
      await updateIfMet(database, table, keyFor(user.id, room), {
        ...assign(values, ['by', 'byName']),
        ConditionExpression: 'attribute_not_exists(#until) OR #until < :until',
        ExpressionAttributeNames: namesOf([...MUTE, 'e']),
      });
    },

    async unmute(user, room) {
      await updateIfMet(database, table, keyFor(user, room), {
        UpdateExpression: `REMOVE ${MUTE.map((name) => `#${name}`).join(', ')}`,
        ConditionExpression: 'attribute_exists(#until)',
        ExpressionAttributeNames: namesOf(MUTE),
      });
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
      return toRestriction(taken.row ?? (await query(user, room)).Items?.[0]);
    },

    async forgetSome(user, limit) {
      const { Items = [], LastEvaluatedKey } = await query(user, undefined, limit);
      await settleAll(
        ...Items.map(({ c }) =>
          database.call('DeleteItem', { TableName: table, Key: keyFor(user, String(c)) }),
        ),
      );
      return { forgotten: Items.length, isDone: LastEvaluatedKey === undefined };
    },
  };
}

function keyFor(user: string, room: string) {
  return { r: partitionOf(user), c: room };
}

function toRestriction(row: Row | undefined): Restriction {
  const { until = 0, nextAt = 0, turn, head = 0 } = (row ?? {}) as Partial<RestrictionRow>;
  return { mutedUntil: until, nextAt, ...(turn !== undefined && { turn: { id: turn, head } }) };
}

function secondsOf(ms: number): number {
  return Math.ceil(ms / 1000);
}
