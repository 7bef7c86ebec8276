import { useCallback, useEffect, useRef, useState } from 'react';
import type { RoomView } from '../../client/react';

/** A jump gives up after this many pages of older messages. */
const MAX_PAGES = 50;

export interface Jump {
  /** Where to go: another object for each jump. */
  target: { seq: number } | undefined;
  to(seq: number): void;
}

/** Goes to a message by its seq, and loads older messages until it is there. `linked` is the seq of the page's address. */
export function useJump({ room, cursor }: RoomView, linked: number | undefined): Jump {
  const [target, setTarget] = useState<{ seq: number }>();
  const last = useRef(0);

  const to = useCallback(
    (seq: number) => {
      last.current += 1;
      const own = last.current;
      const isMissing = () => room.snapshot.hasOlder && (room.snapshot.messages[0]?.seq ?? 0) > seq;
      const go = async () => {
        for (let page = 0; page < MAX_PAGES && isMissing() && own === last.current; page += 1)
          await room.loadOlder();
        if (own === last.current) setTarget({ seq });
      };
      // The list tells that older messages could not be loaded.
      go().catch(() => {});
    },
    [room],
  );
  const isKnown = cursor !== undefined;
  useEffect(() => {
    if (isKnown && linked !== undefined) to(linked);
  }, [isKnown, linked, to]);
  return { target, to };
}
