import { useEffect, useState } from 'react';
import { parseRoom } from '../../lib/protocol';
import type { Memory } from '../browserStorage';
import { isBadLink, LOBBY, roomInHash } from '../pure/hashLinks';
import type { RoomTitle } from '../pure/roomTitle';
import type { lastOf } from '../pure/unread';
import { goToRoom, useHash } from './useHash';

/** The rooms that the user follows, as the server has them. */
export interface ServerList {
  names: readonly string[];
  /** The newest message of a room that is not joined. */
  lastIn(room: string): ReturnType<typeof lastOf>;
  /** What a direct room is called; `undefined` for others. */
  titleOf(room: string): RoomTitle | undefined;
  /** What the list calls a room that has a title; `undefined` for others. */
  labelOf(room: string): RoomTitle | undefined;
  leave(room: string): void;
  /** Reads more of the list; missing at its end. */
  loadMore?: () => void;
}

export interface RoomList {
  names: readonly string[];
  current: string;
  /** Rooms that were opened before the server's list was read and, from then on, the open one. */
  opened: readonly string[];
  remove(room: string): void;
  /** The address names an invalid room. */
  isBadLink: boolean;
}

/** The user's rooms: those of the server, and the browser's copy until they are read. The address names the open one. */
export function useRoomList(memory: Memory, list: ServerList | undefined): RoomList {
  const [copy] = useState(() => readNames(memory.read('rooms')));
  const hash = useHash();
  const linked = roomInHash(hash);
  const known = list?.names ?? copy;
  const current = linked ?? known[0] ?? LOBBY;
  const [opened, setOpened] = useState<readonly string[]>([current]);
  if (opened.at(-1) !== current) setOpened(list ? [current] : [...opened, current]);
  const names = [...new Set([...known, ...(list ? [] : opened), current])];

  useEffect(() => {
    if (linked === undefined && hash.length <= 1) goToRoom(current, true);
  }, [linked, hash, current]);

  return {
    names,
    current,
    opened,
    isBadLink: isBadLink(hash),
    remove(room) {
      const rest = names.filter((name) => name !== room);
      // The step back must not lead into the room again.
      if (room === current) goToRoom(rest[Math.min(names.indexOf(room), rest.length - 1)] ?? LOBBY, true);
      setOpened((others) => others.filter((name) => name !== room));
      list?.leave(room);
    },
  };
}

function readNames(value: unknown): string[] {
  return Array.isArray(value) ? value.flatMap((name) => parseRoom(name) ?? []) : [];
}
