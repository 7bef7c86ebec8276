import { useEffect, useState } from 'react';
import { parseRoom } from '../../lib/protocol';
import type { Memory } from '../memory';
import { LOBBY, roomInHash } from '../pure/places';
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
  const hash = useHash();
  const linked = roomInHash(hash);
  const current = linked ?? names[0] ?? LOBBY;

  useEffect(() => {
    if (linked === undefined && hash.length <= 1) goToRoom(current, true);
    if (!names.includes(current)) setNames([...names, current]);
  }, [linked, hash, current, names]);
  useEffect(() => memory.write(KEY, names), [memory, names]);

  return {
    names: names.includes(current) ? names : [...names, current],
    current,
    isBadLink: linked === undefined && hash.length > 1,
    remove(room) {
      const rest = names.filter((name) => name !== room);
      const next = rest.length > 0 ? rest : [LOBBY];
      setNames(next);
      if (room === current) goToRoom(next[Math.min(names.indexOf(room), next.length - 1)] ?? LOBBY);
    },
  };
}

function readNames(value: unknown): string[] {
  const names = Array.isArray(value) ? value.flatMap((name) => parseRoom(name) ?? []) : [];
  return names.length > 0 ? [...new Set(names)] : [LOBBY];
}
