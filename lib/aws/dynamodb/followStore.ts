import type { Follow, FollowStore, NewFollow } from '../../ports/followStore';
import { settleAll } from '../../util/settleAll';
import { namesOf } from './attributeNames';
import type { Row } from './attributeValues';
import { ifMet, updateIfMet } from './conditional';
import type { Database } from './database';
import { keyFor, NOT_EXPIRED, partitionOf, secondsOf, toMentions } from './followRow';
import { toMark } from './markRow';
import { assign } from './updateExpression';

/** The attributes of a mark: its version, seq and n, the time of its row, and until when the row stays. */
const MARK = ['v', 's', 'n', 't', 'u'];

/**
 * Keeps the rooms that users follow in the Members table, a partition for each user: no room's name has a `#`. The
 * key is a hash of the user's id, and the sort key is the room.
 */
export function createFollowStore(database: Database, table: string): FollowStore {
  const put = async (
    user: string,
    { room, since, with: other, expiresAt }: NewFollow,
    now: number,
  ): Promise<boolean> => {
    const written = await ifMet(
      database.call('PutItem', {
        TableName: table,
        Item: {
          ...keyFor(user, room),
          at: since,
          ...(other !== undefined && { w: other }),
          ...(expiresAt !== undefined && { e: secondsOf(expiresAt) }),
        },
        ConditionExpression: 'attribute_not_exists(#c) OR #e <= :now',
        ExpressionAttributeNames: namesOf(['c', 'e']),
        ExpressionAttributeValues: { ':now': secondsOf(now) },
      }),
    );
    return written.met;
  };

  const readOne = async (user: string, room: string): Promise<Row | undefined> => {
    const { r, c } = keyFor(user, room);
    const { Items = [] } = await database.call('Query', {
      TableName: table,
      ConsistentRead: true,
      KeyConditionExpression: '#r = :user AND #c = :room',
      ExpressionAttributeNames: namesOf(['r', 'c']),
      ExpressionAttributeValues: { ':user': r, ':room': c },
    });
    return Items[0];
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
      if (!(await put(user, follow, now))) return 'known';
      // Counted after the write: of several at once each counts the others.
      if ((await count(user, now)) <= maxRooms) return 'new';
      await remove(user, follow.room);
      return 'tooMany';
    },

    remove,

    async keep(user, rooms, expiresAt) {
      await settleAll(
        ...rooms.map((room) =>
          updateIfMet(database, table, keyFor(user, room), {
            UpdateExpression: 'SET #e = :e',
            ConditionExpression: 'attribute_exists(#c)',
            ExpressionAttributeNames: namesOf(['c', 'e']),
            ExpressionAttributeValues: { ':e': secondsOf(expiresAt) },
          }),
        ),
      );
    },

    async mark(user, room, version, mark, now) {
      const values = {
        ...{ v: mark.version, s: mark.seq, n: mark.n, t: mark.at },
        ...(mark.expiresAt !== undefined && { u: mark.expiresAt }),
      };
      const hasVersion = version === 0 ? '(attribute_not_exists(#v) OR #v = :from)' : '#v = :from';
      const isHigher = '(#v <> :v OR attribute_not_exists(#s) OR #s < :s)';
      const { ExpressionAttributeValues, ...update } = assign(values, ['u']);
      const written = await updateIfMet(database, table, keyFor(user, room), {
        ...update,
        ConditionExpression: `attribute_exists(#c) AND (${NOT_EXPIRED}) AND ${hasVersion} AND ${isHigher}`,
        ExpressionAttributeNames: namesOf(['c', 'e', ...MARK]),
        ExpressionAttributeValues: {
          ...(ExpressionAttributeValues as Row),
          ...{ ':from': version, ':now': secondsOf(now) },
        },
        ReturnValues: 'ALL_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      if (written.met) return { marked: toMentions(written.output.Attributes ?? {}) };
      const row = written.row ?? (await readOne(user, room));
      const isFollowed = row !== undefined && (row.e === undefined || Number(row.e) > secondsOf(now));
      return isFollowed ? { held: toFollow(row).mark } : 'notFollowed';
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

function toFollow(row: Row): Follow {
  const { c, at, w, e } = row;
  return {
    room: String(c),
    since: Number(at),
    ...(w !== undefined && { with: String(w) }),
    ...(e !== undefined && { expiresAt: Number(e) * 1000 }),
    ...(row.v !== undefined && { mark: toMark(row) }),
    mentions: toMentions(row),
  };
}
