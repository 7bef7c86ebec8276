import type { EventCursorStore } from '../../../lib/ports/eventCursorStore';

/** Reports a cursor that moves back although no operator rewound it. */
export function watchCursors(cursors: EventCursorStore, report: (what: string) => void): EventCursorStore {
  const released = new Map<string, number>();
  return {
    ...cursors,
    async claim(room, ...asked) {
      const claim = await cursors.claim(room, ...asked);
      const before = released.get(room) ?? 0;
      if (claim.kind === 'claimed' && claim.seq < before)
        report(`the cursor of ${room} went from ${before} to ${claim.seq}`);
      return claim;
    },
    async release(room, run, seq) {
      const end = await cursors.release(room, run, seq);
      if (end === 'released') released.set(room, Math.max(seq, released.get(room) ?? 0));
      return end;
    },
    async rewind(room, ...asked) {
      const rewind = await cursors.rewind(room, ...asked);
      if (rewind === 'rewound') released.delete(room);
      return rewind;
    },
  };
}
