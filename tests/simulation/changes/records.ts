import type { ErasureStore } from '../../../lib/ports/erasureStore';
import { type Stores, withoutContent } from '../stores';

/** An operator's hand on the log in memory. A scan takes several calls, between which others write. */
export function createRecords({ rows, log }: Stores, pageSize: number): ErasureStore {
  return {
    async erase(room, { seq }) {
      const row = rows.get(room)?.[seq];
      if (!row || row.erased) return false;
      // The store shows no user of an erased row.
      row.erased = true;
      row.isPending = false;
      delete row.hash;
      if ('text' in row.entry) row.entry = withoutContent(row.entry);
      return true;
    },
    async eraseModerator() {},
    async findRowsOf(user, from) {
      const [room = ''] = rows.keys();
      const seq = from?.seq ?? 0;
      const read = await log.readIdentities(room, seq + 1, pageSize);
      const last = read.at(-1)?.seq;
      return {
        rows: read.filter((slot) => slot.user === user).map((slot) => ({ room, ...slot })),
        ...(last !== undefined && read.length === pageSize && { next: { room, seq: last } }),
      };
    },
  };
}
