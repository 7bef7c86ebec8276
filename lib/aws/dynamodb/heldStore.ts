import type { HeldStore } from '../../ports/heldStore';
import { Unavailable } from '../../ports/unavailable';
import { namesOf } from './attributeNames';
import type { Row } from './attributeValues';
import { ifMet, updateIfMet } from './conditional';
import type { Database } from './database';
import { type HeldRow, keyFor, placeOf } from './heldRows';
import { isOpen, queryPartition } from './memberRows';

/**
 * Keeps held messages in the Members table, in a partition for each user. A room's list holds the key of each and
 * nothing of its user. A row comes before its place in the list, so that an erasure of the user finds it.
 */
export function createHeldStore(database: Database, table: string): HeldStore {
  const remove = (key: Row) => database.call('DeleteItem', { TableName: table, Key: key });

  /** Removes a row that only its first attempt relies on, and its place; tells whether it is gone. */
  const withdraw = async (key: Row): Promise<boolean> => {
    const removed = await ifMet(
      database.call('DeleteItem', {
        TableName: table,
        Key: key,
        ConditionExpression: 'attribute_not_exists(#shared)',
        ExpressionAttributeNames: namesOf(['shared']),
        ReturnValues: 'ALL_OLD',
      }),
    );
    if (!removed.met) return false;
    const row = removed.output.Attributes as HeldRow | undefined;
    if (row) await remove(placeOf(row));
    return true;
  };

  return {
    async add(subject, { request, at, onlyAsMember }, { perUser, until }) {
      const key = keyFor(request.from.id, request.room, subject);
      const put = await ifMet(
        database.call('PutItem', {
          TableName: table,
          Item: {
            ...key,
            ...{ request: JSON.stringify(request), at, e: Math.ceil(until / 1000) },
            ...(onlyAsMember && { onlyAsMember: 1 }),
          },
          ConditionExpression: 'attribute_not_exists(#r) OR #e <= :now',
          ExpressionAttributeNames: namesOf(['r', 'e']),
          ExpressionAttributeValues: { ':now': Math.floor(at / 1000) },
        }),
      );
      // Counted after the write: of several at once each counts the others.
      const own = ((await queryPartition(database, table, key.r)).Items ?? []).filter(isOpen(at));
      const isOver = own.length > perUser;
      if (isOver && (!put.met || (await withdraw(key)))) return 'tooMany';
      const row = own.find(({ c }) => c === key.c) as HeldRow | undefined;
      if (!row || !(put.met || (await share(database, table, key))))
        throw new Unavailable('Another attempt took the held message away.');
      await database.call('PutItem', { TableName: table, Item: { ...placeOf(row), e: row.e } });
      return 'added';
    },

    async withdraw(subject, { room, from }) {
      await withdraw(keyFor(from.id, room, subject));
    },
  };
}

/** Notes that a further attempt relies on a row, which its first attempt then leaves; tells whether the row is there. */
async function share(database: Database, table: string, key: Row): Promise<boolean> {
  const shared = await updateIfMet(database, table, key, {
    UpdateExpression: 'SET #shared = :yes',
    ConditionExpression: 'attribute_exists(#r)',
    ExpressionAttributeNames: namesOf(['shared', 'r']),
    ExpressionAttributeValues: { ':yes': 1 },
  });
  return shared.met;
}
