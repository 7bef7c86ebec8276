import { MAX_WATCHERS, type WatcherStore } from '../../ports/watcherStore';
import { namesOf } from './attributeNames';
import { ifMet } from './conditional';
import type { Database } from './database';
import { queryPartition } from './memberRows';

/** Keeps the watchers of rooms in the Members table, a partition for each room: no room's name has a `#`. */
export function createWatcherStore(database: Database, table: string): WatcherStore {
  const partitionOf = (room: string) => `watchers#${room}`;
  const list: WatcherStore['list'] = async (room) => {
    // One more than may stay: of several that come at once each counts the others.
    const { Items = [] } = await queryPartition(database, table, partitionOf(room), {
      Limit: MAX_WATCHERS + 1,
    });
    return Items.map(({ c, at }) => ({ userHash: String(c), since: Number(at) }));
  };
  const remove: WatcherStore['remove'] = async (room, userHash, since) => {
    await ifMet(
      database.call('DeleteItem', {
        TableName: table,
        Key: { r: partitionOf(room), c: userHash },
        ...(since !== undefined && {
          ConditionExpression: '#at = :since',
          ExpressionAttributeNames: namesOf(['at']),
          ExpressionAttributeValues: { ':since': since },
        }),
      }),
    );
  };

  return {
    list,
    remove,
    async add(room, { userHash, since }) {
      await database.call('PutItem', {
        TableName: table,
        Item: { r: partitionOf(room), c: userHash, at: since },
      });
      if ((await list(room)).length <= MAX_WATCHERS) return true;
      await remove(room, userHash);
      return false;
    },
  };
}
