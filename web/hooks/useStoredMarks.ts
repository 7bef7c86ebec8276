import { useEffect, useMemo, useRef, useState } from 'react';
import type { RoomSnapshot } from '../../client';
import type { Memory } from '../browserStorage';

const KEY = 'read';

/** How far each room was read in this browser, as a seq. */
export interface StoredMarks {
  upTo(room: string): number | undefined;
  mark(room: string, seq: number): void;
}

/**
 * Remembers how far each room was read, for rooms of which the server keeps no mark. A room entered for the first time
 * counts as read.
 */
export function useStoredMarks(memory: Memory, rooms: readonly RoomSnapshot[]): StoredMarks {
  const [marks, setMarks] = useState<ReadonlyMap<string, number>>(() => readMarks(memory.read(KEY)));
  useEffect(
    () => memory.watch(KEY, () => setMarks((own) => highest(own, readMarks(memory.read(KEY))))),
    [memory],
  );

  const cursors = useRef(new Map<string, number>());

  const stored = useMemo<StoredMarks>(
    () => ({
      upTo: (room) => marks.get(room),
      mark(room, seq) {
        if (marks.get(room) === seq) return;
        // Another tab may have read further in other rooms, or in this one.
        const merged = highest(marks, readMarks(memory.read(KEY)));
        const isOtherLog = seq < (marks.get(room) ?? 0);
        const next = merged.set(room, isOtherLog ? seq : Math.max(seq, merged.get(room) ?? 0));
        memory.write(KEY, Object.fromEntries(next));
        setMarks(next);
      },
    }),
    [memory, marks],
  );

  useEffect(() => {
    for (const { name, cursor } of rooms) {
      if (cursor === undefined) continue;
      const mark = stored.upTo(name);
      // The seq is above the head, so this is another log. Another tab that is ahead of this one is no such sign.
      const last = cursors.current.get(name) ?? Number.POSITIVE_INFINITY;
      cursors.current.set(name, cursor);
      if (mark === undefined || (mark > cursor && cursor < last)) stored.mark(name, cursor);
    }
  }, [rooms, stored]);
  return stored;
}

/** Joins two sets of marks: of each room the higher one. */
function highest(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): Map<string, number> {
  const joined = new Map(a);
  for (const [room, seq] of b) joined.set(room, Math.max(seq, joined.get(room) ?? 0));
  return joined;
}

function readMarks(value: unknown): Map<string, number> {
  if (typeof value !== 'object' || value === null) return new Map();
  return new Map(Object.entries(value).filter((entry) => Number.isSafeInteger(entry[1])));
}
