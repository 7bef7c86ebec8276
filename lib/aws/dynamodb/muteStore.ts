import type { MuteStore } from '../../ports/restrictionStore';
import { MAX_SLOW_SECONDS } from '../../protocol';
import { namesOf } from './attributeNames';
import type { Row } from './attributeValues';
import { ifMet, updateIfMet } from './conditional';
import type { Database } from './database';
import { keyFor, partitionOf, secondsOf } from './restrictionRows';
import { assign } from './updateExpression';

const MUTE = ['until', 'at', 'user', 'name', 'by', 'byName'];

/** Writes mutes into the rows of restrictions. The list of a room's bans holds a row's key and nothing of its user. */
export function createMuteStore(database: Database, table: string): MuteStore {
  return {
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
  };
}
