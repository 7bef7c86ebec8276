import type { ErasureNote, ErasureNoteStore } from '../../lib/ports/erasureNoteStore';
import type { EventCursorStore } from '../../lib/ports/eventCursorStore';

interface Cursor {
  seq: number;
  fails: number;
  until: number;
  run?: string | undefined;
  isQueued?: boolean | undefined;
  isNoted?: boolean | undefined;
  /** Where a replay wants the cursor. */
  back?: number | undefined;
}

const FREE: Cursor = { seq: 0, fails: 0, until: 0 };

/** The cursors of events, in memory: see `createStores`. */
export function createEventCursorStore(): EventCursorStore {
  const cursors = new Map<string, Cursor>();
  const held = (room: string, run: string): Cursor | undefined => {
    const row = cursors.get(room);
    return row?.run === run ? row : undefined;
  };

  const goBack = (row: Cursor): void => {
    if (row.back !== undefined) Object.assign(row, { seq: row.back, fails: 0, back: undefined });
  };

  return {
    async claim(room, run, until, now) {
      const { isQueued = false, isNoted = false, ...row } = cursors.get(room) ?? FREE;
      const isFree = row.until <= now || (row.run === undefined && row.back !== undefined);
      if (!isFree && row.run !== run) return { kind: 'held', until: row.until, isQueued, isNoted };
      goBack(row);
      cursors.set(room, { ...row, run, until });
      return { kind: 'claimed', seq: row.seq, fails: row.fails };
    },
    async noteWake(room, until) {
      const row = cursors.get(room);
      if (row?.until !== until) return false;
      Object.assign(row, { isQueued: true, isNoted: true });
      return true;
    },
    async advance(room, run, seq) {
      const row = held(room, run);
      if (!row || row.back !== undefined) return false;
      Object.assign(row, { seq, isNoted: undefined });
      return true;
    },
    async release(room, run, seq) {
      const row = held(room, run);
      if (!row) return 'lost';
      if (row.isNoted) return 'woken';
      cursors.set(room, { ...FREE, seq });
      return 'released';
    },
    async postpone(room, run, seq, until, fails) {
      const row = held(room, run);
      if (row) cursors.set(room, { seq, fails, until, back: row.back, isQueued: true, isNoted: true });
    },
    async rewind(room, seq) {
      const row = cursors.get(room);
      if (!row || row.seq <= seq) return 'notSentYet';
      Object.assign(row, { back: Math.min(row.back ?? seq, seq), isNoted: true });
      return 'rewound';
    },
  };
}

/** The notes of erasures, in memory. */
export function createErasureNoteStore(): ErasureNoteStore {
  const notes = new Map<string, ErasureNote>();
  return {
    async add(room, note) {
      notes.set(`${room} ${note.seq}`, note);
    },
    async read(room, seq, limit) {
      const own = [...notes].filter(([key, note]) => key.startsWith(`${room} `) && note.seq <= seq);
      return own
        .map(([, note]) => note)
        .sort((a, b) => a.seq - b.seq)
        .slice(0, limit);
    },
    async remove(room, seq) {
      notes.delete(`${room} ${seq}`);
    },
  };
}
