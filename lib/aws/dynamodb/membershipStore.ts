import type { MembershipStore } from '../../ports/membershipStore';
import { settleAll } from '../../util/settleAll';
import { namesOf } from './attributeNames';
import type { Row } from './attributeValues';
import { batchGet } from './batchGet';
import { ifMet } from './conditional';
import type { Database } from './database';
import { keyOf } from './hashedKey';
import { listSortKeys } from './listSortKeys';

/**
 * Keeps who is a member of private rooms in the Members table, a partition for each user: no room's name has a `#`. The
 * key is a hash of the user's id, and the sort key is the room.
 */
export function createMembershipStore(database: Database, table: string): MembershipStore {
  const remove = async (user: string, room: string): Promise<boolean> => {
    const { Attributes } = await database.call('DeleteItem', {
      TableName: table,
      Key: keyFor(user, room),
      ReturnValues: 'ALL_OLD',
    });
    return Attributes !== undefined;
  };
  const find = (keys: readonly Row[]) => batchGet(database, table, keys, ['r', 'c']);

  return {
    async add(user, { room, since }) {
      const added = await ifMet(
        database.call('PutItem', {
          TableName: table,
          Item: { ...keyFor(user, room), at: since },
          ConditionExpression: 'attribute_not_exists(#c)',
          ExpressionAttributeNames: namesOf(['c']),
        }),
      );
      return added.met;
    },

    remove,

    async findRooms(user, rooms) {
      const rows = await find([...new Set(rooms)].map((room) => keyFor(user, room)));
      return new Set(rows.map(({ c }) => String(c)));
    },

    async findUsers(room, users) {
      const userOf = new Map(users.map((user) => [partitionOf(user), user]));
      const rows = await find([...userOf.keys()].map((r) => ({ r, c: room })));
      return new Set(rows.flatMap(({ r }) => userOf.get(String(r)) ?? []));
    },

    async forgetSome(user, limit) {
      const { keys: rooms, isDone } = await listSortKeys(database, table, partitionOf(user), limit);
      await settleAll(...rooms.map((room) => remove(user, room)));
      return { rooms, isDone };
    },
  };
}

function partitionOf(user: string): string {
  return keyOf('memberships', user);
}

function keyFor(user: string, room: string) {
  return { r: partitionOf(user), c: room };
}
