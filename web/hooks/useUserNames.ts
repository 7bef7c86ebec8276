import { useEffect, useMemo, useRef, useState } from 'react';
import type { MessageView, RoomSnapshot } from '../../client';
import type { User } from '../../lib/protocol';
import type { Memory } from '../browserStorage';

const KEY = 'names';

/**
 * Gives the names of some users by their ids. It learns them from members and messages of the joined rooms, the latest
 * last, and remembers them between visits.
 */
export function useUserNames(
  memory: Memory,
  ids: readonly string[],
  rooms: readonly RoomSnapshot[],
  members: readonly User[],
): ReadonlyMap<string, string> {
  const [names, setNames] = useState(() => readNames(memory.read(KEY)));
  /** A list of messages is another object after each change. */
  const read = useRef(new WeakMap<readonly MessageView[], ReadonlySet<string>>());
  // Compares the ids: another array comes with each change of the list.
  const key = ids.join('\n');
  const wanted = useMemo(() => new Set(key.split('\n')), [key]);

  useEffect(() => {
    const unread = rooms.filter(({ messages }) => read.current.get(messages) !== wanted);
    for (const { messages } of unread) read.current.set(messages, wanted);
    const users = [...unread.flatMap(({ messages }) => messages.map(({ from }) => from)), ...members];
    const learned = users.filter(({ id, name }) => wanted.has(id) && names.get(id) !== name);
    if (learned.length === 0) return;
    const next = new Map([...names].filter(([id]) => wanted.has(id)));
    for (const { id, name } of learned) next.set(id, name);
    memory.write(KEY, Object.fromEntries(next));
    setNames(next);
  }, [memory, names, wanted, rooms, members]);

  return names;
}

function readNames(value: unknown): ReadonlyMap<string, string> {
  if (typeof value !== 'object' || value === null) return new Map();
  return new Map(Object.entries(value).filter((entry) => typeof entry[1] === 'string'));
}
