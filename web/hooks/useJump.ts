import { useCallback, useEffect, useState } from 'react';
import type { ChatError } from '../../client';
import type { Destination } from '../../client/finding';
import type { FinderView } from '../../client/react';

export interface Jump {
  /** Where to go: another object for each jump. */
  target: { seq: number } | undefined;
  /** Why the last jump led nowhere. */
  problem: string | undefined;
  to(place: Destination): void;
  onProblemSeen(): void;
}

/** Goes to a message or a time of a room. `linked` is the seq of the page's address. */
export function useJump({ jump }: FinderView, isKnown: boolean, linked: number | undefined): Jump {
  const [target, setTarget] = useState<{ seq: number }>();
  const [problem, setProblem] = useState<string>();
  const to = useCallback(
    (place: Destination) => {
      setProblem(undefined);
      jump(place).then(
        (seq) => setTarget({ seq }),
        // A later jump leads elsewhere.
        (error: ChatError) => error.code !== 'discarded' && setProblem(describe(error)),
      );
    },
    [jump],
  );
  useEffect(() => {
    if (isKnown && linked !== undefined) to(linked);
  }, [isKnown, linked, to]);
  return { target, problem, to, onProblemSeen: useCallback(() => setProblem(undefined), []) };
}

function describe(error: ChatError): string {
  if (error.code === 'gone') return 'That message is no longer in this room.';
  return `The place could not be loaded. ${error.message}`;
}
