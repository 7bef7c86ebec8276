import { useEffect, useMemo, useState } from 'react';
import type { RoomSnapshot } from '../../client';
import type { Memory } from '../memory';

const KEY = 'read';

/** How far each room was read, as a seq. */
export interface Reading {
  upTo(room: string): number | undefined;
  mark(room: string, seq: number): void;
}

/** Remembers how far each room was read. A room entered for the first time counts as read. */
export function useReading(memory: Memory, rooms: readonly RoomSnapshot[]): Reading {
  const [marks, setMarks] = useState<ReadonlyMap<string, number>>(() => readMarks(memory.read(KEY)));
  useEffect(() => memory.write(KEY, Object.fromEntries(marks)), [memory, marks]);

  const reading = useMemo<Reading>(
    () => ({
      upTo: (room) => marks.get(room),
      mark: (room, seq) =>
        setMarks((before) => (before.get(room) === seq ? before : new Map(before).set(room, seq))),
    }),
    [marks],
  );

  useEffect(() => {
    for (const { name, cursor } of rooms) {
      if (cursor === undefined) continue;
      const mark = reading.upTo(name);
      // The seq is above the head, so this is another log.
      if (mark === undefined || mark > cursor) reading.mark(name, cursor);
    }
  }, [rooms, reading]);
  return reading;
}

function readMarks(value: unknown): Map<string, number> {
  if (typeof value !== 'object' || value === null) return new Map();
  return new Map(Object.entries(value).filter((entry) => Number.isSafeInteger(entry[1])));
}
