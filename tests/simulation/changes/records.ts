import type { ErasureStore } from '../../../lib/ports/erasureStore';
import { type StoredRow, type Stores, withoutContent } from '../stores';

/** An operator's hand on the log in memory. A scan takes several calls, between which others write. */
export function createRecords({ rows, log, reacted }: Stores, pageSize: number): ErasureStore {
  const reactedTo = (user: string, room: string): number[] =>
    [...reacted].flatMap(([key, { sets }]) => {
      const [place, of] = key.split('#');
      return place === room && sets.has(user) ? [Number(of)] : [];
    });
  return {
    async erase(room, { seq }) {
      const row = rows.get(room)?.[seq];
      if (!row || row.erased) return false;
      // The store shows no user of an erased row.
      row.erased = true;
      row.isPending = false;
      delete row.hash;
      if (row.entry.type === 'message') {
        const { reactions: _, ...rest } = withoutContent(row.entry);
        row.entry = rest;
      } else if (row.entry.type === 'edited') row.entry = withoutContent(row.entry);
      return true;
    },
    async eraseModerator() {},
    async eraseSummary(room, seq) {
      const row = rows.get(room)?.[seq];
      if (row?.entry.type !== 'message' || !row.entry.reactions) return;
      row.entry = { ...row.entry, reactions: { ...row.entry.reactions, counts: {}, users: {} } };
    },
    async findRowsOf(user, from) {
      const rooms = [...rows.keys()];
      const { room, seq } = from ?? { room: rooms[0] ?? '', seq: 0 };
      const read = await log.readIdentities(room, seq + 1, pageSize);
      const last = read.at(-1)?.seq;
      const below = rooms[rooms.indexOf(room) + 1];
      const next =
        last !== undefined && read.length === pageSize
          ? { room, seq: last }
          : below !== undefined && { room: below, seq: 0 };
      const sets = seq === 0 ? reactedTo(user, room) : [];
      // A summary may name a user whose own set has gone.
      const shown = read.map((slot) => slot.seq).filter((of) => isShown(user, rows.get(room)?.[of]));
      return {
        rows: read
          .filter((slot) => slot.user === user || isNamed(user, rows.get(room)?.[slot.seq]))
          .map((slot) => ({ room, ...slot })),
        drafts: [],
        reactions: [...new Set([...sets, ...shown])].map((of) => ({ room, of })),
        ...(next && { next }),
      };
    },
  };
}

/** Whether an entry about reactions names a user. */
function isNamed(user: string, row: StoredRow | undefined): boolean {
  if (row?.entry.type !== 'reacted') return false;
  return Object.values(row.entry.users).some((users) => users.some(({ id }) => id === user));
}

/** Whether a message shows a reaction of a user. */
function isShown(user: string, row: StoredRow | undefined): boolean {
  if (row?.entry.type !== 'message' || !row.entry.reactions) return false;
  return Object.values(row.entry.reactions.users).some((users) => users.some(({ id }) => id === user));
}
