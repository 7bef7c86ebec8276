import type { OwnReactionStore } from '../../ports/reactionStore';
import { batchGet } from './batchGet';
import type { Database } from './database';
import { partitionOf } from './messagePartition';
import {
  COUNTER,
  COUNTER_ATTRIBUTES,
  type CounterRow,
  counterOf,
  SET_ATTRIBUTES,
  type SetRow,
  setOf,
  toOwn,
} from './reactionRow';

/** Reads a reader's own reactions from the Messages table. */
export function createOwnReactionStore(database: Database, table: string): OwnReactionStore {
  return {
    async readOwn(room, seqs, user) {
      const keys = seqs.flatMap((of) => [counterOf(room, of), setOf(room, of, user)]);
      const attributes = [...new Set(['room', 'seq', ...COUNTER_ATTRIBUTES, ...SET_ATTRIBUTES])];
      const rows = await batchGet(database, table, keys, attributes);
      return new Map(
        seqs.map((of) => {
          const own = rows.filter((row) => row.room === partitionOf(room, of));
          const set = own.find((row) => row.user === user) as SetRow | undefined;
          return [of, toOwn(set, own.find((row) => row.seq === COUNTER) as CounterRow | undefined)];
        }),
      );
    },
  };
}
