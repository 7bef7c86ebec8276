import { createHash } from 'node:crypto';

/** A name of up to this many characters is its own key. */
export const KEY_CHARACTERS = 12;
const MARK_CHARACTERS = 4;
/** No name of a room has it. */
const HASHED = '#';

/** Gives what stands for a room in a connection's row: its name, or a hash if the name is long. */
export function roomKey(connection: string, room: string): string {
  if (isOwnKey(room)) return room;
  return HASHED + hashOf(connection, room).slice(0, KEY_CHARACTERS - HASHED.length);
}

/** Gives a short hash, for a note about a room on which no permission depends. */
export function roomMark(connection: string, room: string): string {
  return hashOf(connection, room).slice(0, MARK_CHARACTERS);
}

/** Tells whether a room's name is short enough to stand for itself. */
export function isOwnKey(room: string): boolean {
  return room.length <= KEY_CHARACTERS;
}

/** Tells whether a key stands for a long name, which has to be found elsewhere. */
export function isHashed(key: string): boolean {
  return key.startsWith(HASHED);
}

/** Gives the rooms that some keys of a connection stand for; `kept` has the long names, and perhaps others. */
export function roomsOf(
  connection: string,
  keys: ReadonlySet<string>,
  kept: Iterable<string> = [],
): string[] {
  const names = [...kept].filter((room) => keys.has(roomKey(connection, room)));
  return [...new Set([...[...keys].filter((key) => !isHashed(key)), ...names])];
}

/** The connection's id keeps what was computed for one connection from serving another. */
function hashOf(connection: string, room: string): string {
  return createHash('sha256').update(`${connection} ${room}`).digest('base64url');
}
