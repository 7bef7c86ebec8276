import { parseRoom } from '../../lib/protocol';

/** The room everyone lands in. */
export const LOBBY = 'lobby';

/** Reads the room a link points to, `#name`, or gives `undefined`. */
export function roomInHash(hash: string): string | undefined {
  try {
    return parseRoom(decodeURIComponent(hash.replace(/^#/, '')).toLowerCase());
  } catch {
    return undefined;
  }
}

/** Reads a room as a person would type it: "#General " is "general". */
export function roomAsTyped(typed: string): string | undefined {
  return parseRoom(typed.trim().replace(/^#/, '').toLowerCase().replace(/\s+/gu, '-'));
}

/** The link that opens a room. */
export function linkTo(room: string, href: string): string {
  const url = new URL(href);
  url.hash = room;
  return url.href;
}
