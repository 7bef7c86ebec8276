import { useCallback, useEffect, useState } from 'react';
import { parseRoom } from '../../lib/protocol';
import type { Memory } from '../memory';
import { isBadLink, LOBBY, roomInHash } from '../pure/places';
import { goToRoom, useHash } from './useHash';

export interface RoomList {
  names: readonly string[];
  current: string;
  remove(room: string): void;
  /** The address names an invalid room. */
  isBadLink: boolean;
}

const KEY = 'rooms';

/** The rooms of this browser. The address names the open one; opening a link adds its room. */
export function useRoomList(memory: Memory): RoomList {
  const [names, setNames] = useState(() => readNames(memory.read(KEY)));
  /** Changes the list as it is stored: another tab may have changed it meanwhile. */
  const change = useCallback(
    (next: (names: readonly string[]) => readonly string[]) => {
      const changed = next(readNames(memory.read(KEY)));
      memory.write(KEY, changed);
      setNames(readNames(changed));
    },
    [memory],
  );
  useEffect(() => memory.watch(KEY, () => setNames(readNames(memory.read(KEY)))), [memory]);
  const hash = useHash();
  const linked = roomInHash(hash);
  const current = linked ?? names[0] ?? LOBBY;

  useEffect(() => {
    if (linked === undefined && hash.length <= 1) goToRoom(current, true);
    change((before) => (before.includes(current) ? before : [...before, current]));
  }, [linked, hash, current, change]);

  return {
    names: names.includes(current) ? names : [...names, current],
    current,
    isBadLink: isBadLink(hash),
    remove(room) {
      const rest = names.filter((name) => name !== room);
      const next = rest.length > 0 ? rest : [LOBBY];
      // The step back must not lead into the room again.
      if (room === current) goToRoom(next[Math.min(names.indexOf(room), next.length - 1)] ?? LOBBY, true);
      change((before) => before.filter((name) => name !== room));
    },
  };
}

function readNames(value: unknown): string[] {
  const names = Array.isArray(value) ? value.flatMap((name) => parseRoom(name) ?? []) : [];
  return names.length > 0 ? [...new Set(names)] : [LOBBY];
}
