import type { ErasureNoteStore } from '../../ports/erasureNoteStore';
import { namesOf } from './attributeNames';
import type { Database } from './database';
import { keyOfNote, partitionOfEvents } from './eventRows';

/** Keeps the notes of a log's erasures in the Members table, beside the cursors of its rooms. */
export function createErasureNoteStore(database: Database, table: string, log: string): ErasureNoteStore {
  return {
    async add(room, { seq, id }) {
      const Item = { r: partitionOfEvents(log, room), c: keyOfNote(seq), seq, id };
      await database.call('PutItem', { TableName: table, Item });
    },

    async read(room, seq, limit) {
      const { Items = [] } = await database.call('Query', {
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: '#r = :room AND #c BETWEEN :first AND :last',
        ExpressionAttributeNames: namesOf(['r', 'c']),
        ExpressionAttributeValues: {
          ':room': partitionOfEvents(log, room),
          ':first': keyOfNote(0),
          ':last': keyOfNote(seq),
        },
        Limit: limit,
      });
      return Items.map((row) => ({ seq: Number(row.seq), id: String(row.id) }));
    },

    async remove(room, seq) {
      const Key = { r: partitionOfEvents(log, room), c: keyOfNote(seq) };
      await database.call('DeleteItem', { TableName: table, Key });
    },
  };
}
