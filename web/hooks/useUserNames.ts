import { useEffect, useMemo, useRef, useState } from 'react';
import type { MessageView, RoomSnapshot } from '../../client';
import type { User } from '../../lib/protocol';
import type { Memory } from '../browserStorage';

const KEY = 'names';

/**
 * Gives the names of some users by their ids. It learns them from the latest messages of the joined rooms and from
 * members, and remembers them between visits.
 */
export function useUserNames(
  memory: Memory,
  ids: readonly string[],
  rooms: readonly RoomSnapshot[],
  members: readonly User[],
): ReadonlyMap<string, string> {
  const [names, setNames] = useState(() => readNames(memory.read(KEY)));
  /** When each user last wrote of those whose name is known; milliseconds since the epoch. */
  const wroteAt = useRef(new Map<string, number>());
  /** A list of messages is another object after each change. */
  const read = useRef(new WeakMap<readonly MessageView[], ReadonlySet<string>>());
  // Compares the ids: another array comes with each change of the list.
  const key = ids.join('\n');
  const wanted = useMemo(() => new Set(key.split('\n')), [key]);

  useEffect(() => {
    const unread = rooms.filter(({ messages }) => read.current.get(messages) !== wanted);
    for (const { messages } of unread) read.current.set(messages, wanted);
    const next = new Map([...names].filter(([id]) => wanted.has(id)));
    // An older message may have an older name.
    for (const { from, at } of unread.flatMap(({ messages }) => messages))
      if (wanted.has(from.id) && at > (wroteAt.current.get(from.id) ?? 0)) {
        wroteAt.current.set(from.id, at);
        next.set(from.id, from.name);
      }
    for (const { id, name } of members) if (wanted.has(id)) next.set(id, name);
    if ([...next].every(([id, name]) => names.get(id) === name)) return;
    memory.write(KEY, Object.fromEntries(next));
    setNames(next);
  }, [memory, names, wanted, rooms, members]);

  return names;
}

function readNames(value: unknown): ReadonlyMap<string, string> {
  if (typeof value !== 'object' || value === null) return new Map();
  return new Map(Object.entries(value).filter((entry) => typeof entry[1] === 'string'));
}
