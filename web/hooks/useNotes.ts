import { useEffect, useState } from 'react';
import type { Room } from '../../client';
import { addNotes, type Note } from '../pure/notes';

/** What the log of a room tells besides its messages, as far as this page has read it. */
export function useNotes(room: Room): readonly Note[] {
  const [notes, setNotes] = useState<readonly Note[]>([]);
  useEffect(() => {
    const stops = [
      room.on('frame', (frame) => setNotes((before) => addNotes(before, frame))),
      room.on('reset', () => setNotes([])),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [room]);
  return notes;
}
