import type { RoomIndex } from '../../ports/roomIndex';
import { HIGHEST_SEQ } from '../../protocol/fields';
import { listOf, namesOf } from './attributeNames';
import type { Database } from './database';
import { readPartition } from './messagePartition';

const KEY = ['room', 'seq'];
const HEAD = ['room', 'seq', 'at'];

/** Finds the rooms of the Messages table, for operators. It names no attribute that holds words or a user. */
export function createRoomIndex(database: Database, table: string): RoomIndex {
  return {
    async step(from) {
      const { Items = [], LastEvaluatedKey } = await database.call('Scan', {
        TableName: table,
        ConsistentRead: true,
        Limit: 1,
        Select: 'SPECIFIC_ATTRIBUTES',
        ProjectionExpression: listOf(KEY),
        ExpressionAttributeNames: namesOf(KEY),
        ExclusiveStartKey: from && { ...from },
      });
      const [first] = Items;
      // A room's rows lie together, so the row behind the highest seq is the next room's first.
      if (first) {
        const room = String(first.room);
        const next = { room, seq: HIGHEST_SEQ };
        return readPartition(room) ? { next } : { room, next };
      }
      return LastEvaluatedKey
        ? { next: { room: String(LastEvaluatedKey.room), seq: Number(LastEvaluatedKey.seq) } }
        : {};
    },

    async readHead(room) {
      const { Items = [] } = await database.call('Query', {
        TableName: table,
        ConsistentRead: true,
        Limit: 1,
        ScanIndexForward: false,
        Select: 'SPECIFIC_ATTRIBUTES',
        KeyConditionExpression: '#room = :room',
        ProjectionExpression: listOf(HEAD),
        ExpressionAttributeNames: namesOf(HEAD),
        ExpressionAttributeValues: { ':room': room },
      });
      const [head] = Items;
      return head && { room, seq: Number(head.seq), at: Number(head.at) };
    },
  };
}
