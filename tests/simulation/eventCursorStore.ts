import type { ErasureNote, ErasureNoteStore } from '../../lib/ports/erasureNoteStore';
import type { EventCursorStore } from '../../lib/ports/eventCursorStore';

interface Cursor {
  seq: number;
  fails: number;
  until: number;
  run?: string | undefined;
  isQueued?: boolean | undefined;
}

/** The cursors of events, in memory: see `createStores`. */
export function createEventCursorStore(): EventCursorStore {
  const cursors = new Map<string, Cursor>();
  const held = (room: string, run: string): Cursor | undefined => {
    const row = cursors.get(room);
    return row?.run === run ? row : undefined;
  };

  return {
    async claim(room, run, until, now) {
      const { isQueued = false, ...row } = cursors.get(room) ?? { seq: 0, fails: 0, until: 0 };
      if (row.until > now && row.run !== run) return { kind: 'held', until: row.until, isQueued };
      cursors.set(room, { ...row, run, until });
      return { kind: 'claimed', seq: row.seq, fails: row.fails };
    },
    async noteWake(room, until) {
      const row = cursors.get(room);
      if (row?.until !== until) return false;
      row.isQueued = true;
      return true;
    },
    async advance(room, run, seq) {
      const row = held(room, run);
      if (row) Object.assign(row, { seq, isQueued: undefined });
      return row !== undefined;
    },
    async release(room, run, seq) {
      const row = held(room, run);
      if (!row) return 'lost';
      if (row.isQueued) return 'woken';
      cursors.set(room, { seq, fails: 0, until: 0 });
      return 'released';
    },
    async postpone(room, run, seq, until, fails) {
      if (held(room, run)) cursors.set(room, { seq, fails, until, isQueued: true });
    },
    async rewind(room, seq, now) {
      const row = cursors.get(room);
      if (!row || row.seq <= seq) return 'notSentYet';
      if (row.run !== undefined && row.until > now) return 'busy';
      cursors.set(room, { seq, fails: 0, until: 0 });
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
