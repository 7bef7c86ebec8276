import { useCallback, useEffect, useRef, useState } from 'react';
import type { Room } from '../../client';
import { deleteMessage } from '../../client/editing';

/** A deletion is sent after this long, in milliseconds: until then the user can undo it. */
const UNDO_MS = 5_000;

/** The deletions of a room that the user can still undo. */
export interface Deletions {
  /** The seqs of the messages. */
  waiting: ReadonlySet<number>;
  remove(seq: number): void;
  undo(seq: number): void;
}

/** Deletes messages, each after five seconds. A page that is left deletes at once. */
export function useDeletions(room: Room): Deletions {
  const [waiting, setWaiting] = useState<ReadonlySet<number>>(() => new Set());
  const timers = useRef(new Map<number, ReturnType<typeof setTimeout>>());

  const end = useCallback((seq: number) => {
    clearTimeout(timers.current.get(seq));
    timers.current.delete(seq);
    setWaiting(new Set(timers.current.keys()));
  }, []);
  const send = useCallback(
    (seq: number) => {
      end(seq);
      // A refusal is shown at the message.
      deleteMessage(room, seq).catch(() => {});
    },
    [room, end],
  );
  const remove = useCallback(
    (seq: number) => {
      if (timers.current.has(seq)) return;
      timers.current.set(
        seq,
        setTimeout(() => send(seq), UNDO_MS),
      );
      setWaiting(new Set(timers.current.keys()));
    },
    [send],
  );
  useEffect(() => {
    const sendAll = () => [...timers.current.keys()].forEach(send);
    addEventListener('pagehide', sendAll);
    return () => {
      removeEventListener('pagehide', sendAll);
      sendAll();
    };
  }, [send]);
  return { waiting, remove, undo: end };
}
