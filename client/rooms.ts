import type { Pong, ServerMessage } from '../lib/protocol';
import type { Core } from './core';
import { createRoom, type RoomParts } from './room/room';
import type { Link } from './socket/link';

/** The rooms of one chat, and what concerns several of them. */
export interface Rooms {
  /** Gives the room of that name, always the same. */
  of(name: string): RoomParts;
  /** Tells every room something. */
  each(tell: (parts: RoomParts) => void): void;
  /** The sends of all rooms that are not in the log yet. */
  sendCount(): number;
  /** The cursors of the rooms that are joined on a link. */
  cursorsOn(link: Link): Record<string, number>;
  pong(link: Link, pong: Pong): void;
  pushed(message: ServerMessage): void;
}

export function createRooms(core: Core): Rooms {
  const rooms = new Map<string, RoomParts>();

  return {
    of(name) {
      const known = rooms.get(name) ?? createRoom(core, name);
      rooms.set(name, known);
      return known;
    },
    each: (tell) => rooms.forEach(tell),
    sendCount: () => [...rooms.values()].reduce((sum, parts) => sum + parts.sendCount(), 0),
    cursorsOn(link) {
      const cursors: Record<string, number> = {};
      for (const [name, parts] of rooms) {
        const cursor = parts.cursorOn(link);
        if (cursor !== undefined) cursors[name] = cursor;
      }
      return cursors;
    },
    pong(link, { log, behind, notJoined }) {
      for (const parts of rooms.values()) if (parts.cursorOn(link) !== undefined) parts.logIs(log);
      for (const [name, head] of Object.entries(behind)) rooms.get(name)?.behind(head);
      for (const name of notJoined) rooms.get(name)?.evicted(link);
    },
    pushed(message) {
      if ('room' in message && message.room !== undefined) rooms.get(message.room)?.pushed(message);
    },
  };
}
