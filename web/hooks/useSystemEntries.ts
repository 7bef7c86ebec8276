import { useEffect, useState } from 'react';
import type { Room } from '../../client';
import { addSystemEntries, type SystemOrErased } from '../pure/systemEntries';

/** Gives a room's system and erased entries, as far as this page has read its log. */
export function useSystemEntries(room: Room): readonly SystemOrErased[] {
  const [entries, setEntries] = useState<readonly SystemOrErased[]>([]);
  useEffect(() => {
    const stops = [
      room.on('frame', (frame) => setEntries((before) => addSystemEntries(before, frame))),
      room.on('reset', () => setEntries([])),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [room]);
  return entries;
}
