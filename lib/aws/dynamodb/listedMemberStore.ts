import type { ListedMemberStore } from '../../ports/listedMemberStore';
import { namesOf } from './attributeNames';
import type { Row } from './attributeValues';
import { batchGet } from './batchGet';
import { ifMet } from './conditional';
import type { Database } from './database';
import { forgetRows } from './forgetRows';
import { keysOfUser } from './hashedKey';

const { partitionOf, keyFor } = keysOfUser('memberships');

/**
 * Keeps who is a member of private rooms in the Members table, a partition for each user: no room's name has a `#`. The
 * key is a hash of the user's id, and the sort key is the room. `left` marks a membership that ended.
 */
export function createListedMemberStore(database: Database, table: string): ListedMemberStore {
  /** Writes a row if a condition is met; tells whether it was. */
  const put = async (item: Row, condition: string, names: readonly string[]): Promise<boolean> => {
    const written = await ifMet(
      database.call('PutItem', {
        TableName: table,
        Item: item,
        ConditionExpression: condition,
        ExpressionAttributeNames: namesOf(names),
      }),
    );
    return written.met;
  };
  const find = async (keys: readonly Row[]) => {
    const rows = await batchGet(database, table, keys, ['r', 'c', 'left']);
    return rows.filter(({ left }) => left === undefined);
  };

  return {
    add: (user, { room, since }) =>
      put({ ...keyFor(user, room), at: since }, 'attribute_not_exists(#c) OR attribute_exists(#left)', [
        'c',
        'left',
      ]),

    remove: (user, room) => put({ ...keyFor(user, room), left: 1 }, 'attribute_exists(#c)', ['c']),

    async finishRemoval(user, room) {
      await ifMet(
        database.call('DeleteItem', {
          TableName: table,
          Key: keyFor(user, room),
          ConditionExpression: 'attribute_exists(#left)',
          ExpressionAttributeNames: namesOf(['left']),
        }),
      );
    },

    async findRooms(user, rooms) {
      const rows = await find([...new Set(rooms)].map((room) => keyFor(user, room)));
      return new Set(rows.map(({ c }) => String(c)));
    },

    async findUsers(room, users) {
      const userOf = new Map(users.map((user) => [partitionOf(user), user]));
      const rows = await find([...userOf.keys()].map((r) => ({ r, c: room })));
      return new Set(rows.flatMap(({ r }) => userOf.get(String(r)) ?? []));
    },

    forgetSome: (user, limit) => forgetRows(database, table, partitionOf(user), limit),
  };
}
