import type { Follow, FollowStore } from '../../ports/followStore';
import { settleAll } from '../../util/settleAll';
import { namesOf } from './attributeNames';
import type { Row } from './attributeValues';
import { ifMet } from './conditional';
import type { Database } from './database';
import { keyOf } from './hashedKey';

const NOT_EXPIRED = 'attribute_not_exists(#e) OR #e > :now';

/**
 * Keeps the rooms that users follow in the Members table, a partition for each user: no room's name has a `#`. The
 * key is a hash of the user's id, and the sort key is the room.
 */
export function createFollowStore(database: Database, table: string): FollowStore {
  const keyFor = (user: string, room: string) => ({ r: partitionOf(user), c: room });

  /** Writes a row if a condition is met; tells whether it was. */
  const put = async (
    user: string,
    { room, since, expiresAt }: Follow,
    condition: string,
    values?: Row,
  ): Promise<boolean> => {
    const written = await ifMet(
      database.call('PutItem', {
        TableName: table,
        Item: {
          ...keyFor(user, room),
          at: since,
          ...(expiresAt !== undefined && { e: secondsOf(expiresAt) }),
        },
        ConditionExpression: condition,
        ExpressionAttributeNames: namesOf(values ? ['c', 'e'] : ['c']),
        ...(values && { ExpressionAttributeValues: values }),
      }),
    );
    return written.met;
  };

  /** Counts the rooms that a user follows: the rows are few and small. */
  const count = async (user: string, now: number): Promise<number> => {
    const { Items = [] } = await database.call('Query', {
      TableName: table,
      ConsistentRead: true,
      KeyConditionExpression: '#r = :user',
      FilterExpression: NOT_EXPIRED,
      ProjectionExpression: '#e',
      ExpressionAttributeNames: namesOf(['r', 'e']),
      ExpressionAttributeValues: { ':user': partitionOf(user), ':now': secondsOf(now) },
    });
    return Items.length;
  };

  const remove = async (user: string, room: string): Promise<boolean> => {
    const { Attributes } = await database.call('DeleteItem', {
      TableName: table,
      Key: keyFor(user, room),
      ReturnValues: 'ALL_OLD',
    });
    return Attributes !== undefined;
  };

  return {
    async add(user, follow, maxRooms, now) {
      const isNew = await put(user, follow, 'attribute_not_exists(#c) OR #e <= :now', {
        ':now': secondsOf(now),
      });
      if (!isNew) return 'known';
      // Counted after the write: of several at once each counts the others.
      if ((await count(user, now)) <= maxRooms) return 'new';
      await remove(user, follow.room);
      return 'tooMany';
    },

    remove,

    async keep(user, follows) {
      await settleAll(...follows.map((follow) => put(user, follow, 'attribute_exists(#c)')));
    },

    async readPage(user, from, limit, now) {
      const { Items = [], LastEvaluatedKey } = await database.call('Query', {
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: '#r = :user',
        FilterExpression: NOT_EXPIRED,
        ExpressionAttributeNames: namesOf(['r', 'e']),
        ExpressionAttributeValues: { ':user': partitionOf(user), ':now': secondsOf(now) },
        Limit: limit,
        ExclusiveStartKey: from === undefined ? undefined : keyFor(user, from),
      });
      const follows = Items.map(toFollow);
      return LastEvaluatedKey ? { follows, next: String(LastEvaluatedKey.c) } : { follows };
    },
  };
}

function partitionOf(user: string): string {
  return keyOf('follows', user);
}

function toFollow({ c, at, e }: Row): Follow {
  return { room: String(c), since: Number(at), ...(e !== undefined && { expiresAt: Number(e) * 1000 }) };
}

function secondsOf(ms: number): number {
  return Math.ceil(ms / 1000);
}
